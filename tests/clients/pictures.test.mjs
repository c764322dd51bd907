// Pictures: uploaded, worn, shown, listed, taken away.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deflateSync, crc32 } from "node:zlib";
import { admin, openToAll, person, refused, stranger } from "./forum.mjs";

const SIDE = 64;
let painter, other, uploaded;

// A PNG of one colour, put together by hand: https://www.w3.org/TR/png-3/.
function png(red, green, blue) {
  const chunk = (kind, data) => {
    const named = Buffer.concat([Buffer.from(kind), data]);
    const whole = Buffer.alloc(named.length + 8);
    whole.writeUInt32BE(data.length);
    named.copy(whole, 4);
    whole.writeUInt32BE(crc32(named), named.length + 4);
    return whole;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(SIDE * 3)]);
  for (let place = 1; place < row.length; place += 3) row.set([red, green, blue], place);
  const rows = Buffer.concat(Array(SIDE).fill(row));
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

before(async () => {
  await openToAll();
  [painter, other] = [await person("painter"), await person("onlooker")];
});

test("a picture is taken in and served", async () => {
  uploaded = await painter.uploadImage({ image: png(200, 30, 30) });
  assert.equal(uploaded.msg, "ok");
  assert.equal(uploaded.files.length, 1);
  const shown = await fetch(uploaded.url);
  assert.equal(shown.status, 200);
  assert.match(shown.headers.get("content-type"), /^image\//);
  assert.equal(shown.headers.get("x-content-type-options"), "nosniff");
  const small = await fetch(`${uploaded.url}?format=webp&thumbnail=16`);
  assert.equal(small.headers.get("content-type"), "image/webp");
  assert.equal(Buffer.from(await small.arrayBuffer()).subarray(8, 12).toString(), "WEBP");
});

test("what is no picture is refused", async () => {
  const answer = await painter.uploadImage({ image: Buffer.from("<svg onload=alert(1)/>") });
  assert.notEqual(answer.msg, "ok");
  const fromNobody = await stranger().uploadImage({ image: png(0, 0, 0) });
  assert.notEqual(fromNobody.msg, "ok");
});

test("it is worn as an avatar and posted", async () => {
  await painter.saveUserSettings({ avatar: uploaded.url });
  const { person_view } = await other.getPersonDetails({ username: "painter" });
  assert.equal(person_view.person.avatar, uploaded.url);
  const again = await painter.uploadImage({ image: png(30, 30, 200) });
  const { community_view } = await painter.createCommunity({ name: "gallery", title: "Gallery" });
  const { post_view } = await painter.createPost({
    name: "Blue",
    url: again.url,
    alt_text: "All blue",
    community_id: community_view.community.id,
  });
  assert.equal(post_view.post.url, again.url);
  assert.equal(post_view.post.alt_text, "All blue");
});

test("uploads are listed to their owner and the admins, and taken away", async () => {
  const { images } = await painter.listMedia({ limit: 10 });
  assert.equal(images.length, 2);
  assert.equal(images[0].person.name, "painter");
  assert.deepEqual((await other.listMedia({})).images, []);
  const everything = await (await admin()).listAllMedia({ limit: 50 });
  assert.ok(everything.images.length >= 2);
  await refused(other.listAllMedia({}), "not_an_admin");

  const { pictrs_alias: filename, pictrs_delete_token: token } = images[0].local_image;
  assert.equal(await other.deleteImage({ token, filename }), false);
  assert.equal(await painter.deleteImage({ token, filename }), true);
  assert.equal((await painter.listMedia({})).images.length, 1);
});
