// Accounts: joining, signing in, second factor, sessions, settings, leaving.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import {
  PASSWORD,
  admin,
  eventually,
  openToAll,
  person,
  refused,
  signIn,
  signUp,
  stranger,
  withToken,
} from "./forum.mjs";

const NEW_PASSWORD = "battery staple";

function decodeBase32(text) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "";
  for (const letter of text) bits += alphabet.indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

// RFC 6238, as an authenticator app does it; `step` is counted from now.
function codeOf(address, step = 0) {
  const secret = decodeBase32(new URL(address).searchParams.get("secret").replace(/=+$/, ""));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

test("an application is asked for, denied, approved", async () => {
  const boss = await admin();
  await boss.editSite({ registration_mode: "RequireApplication", application_question: "Why?" });
  await refused(signUp("newt"), "registration_application_answer_required");

  const answer = await signUp("newt", { answer: "I like ponds." });
  assert.equal(answer.jwt, undefined);
  assert.equal(answer.registration_created, true);
  await refused(signIn("newt"), "registration_application_is_pending");
  const before = await boss.getUnreadRegistrationApplicationCount();
  const list = await boss.listRegistrationApplications({ unread_only: true });
  const found = list.registration_applications.find((each) => each.creator.name === "newt");
  assert.equal(found.registration_application.answer, "I like ponds.");

  const id = found.registration_application.id;
  const denied = await boss.approveRegistrationApplication({
    id,
    approve: false,
    deny_reason: "No newts",
  });
  assert.equal(denied.registration_application.registration_application.deny_reason, "No newts");
  await assert.rejects(signIn("newt"), { name: "registration_denied", message: "No newts" });

  await boss.approveRegistrationApplication({ id, approve: true });
  const newt = await signIn("newt");
  assert.equal((await newt.getSite()).my_user.local_user_view.person.name, "newt");
  const after = await boss.getUnreadRegistrationApplicationCount();
  assert.equal(after.registration_applications, before.registration_applications - 1);
  await refused(newt.listRegistrationApplications({}), "not_an_admin");
});

test("a closed forum lets nobody in", async () => {
  const boss = await admin();
  await boss.editSite({ registration_mode: "Closed" });
  await refused(signUp("latecomer", { answer: "Please" }), "registration_closed");
});

test("an open forum lets people in at once, under a name of their own", async () => {
  await openToAll();
  const mole = await person("mole");
  const { my_user, site_view } = await mole.getSite();
  assert.equal(my_user.local_user_view.person.name, "mole");
  assert.equal(my_user.local_user_view.local_user.admin, false);
  assert.equal(site_view.local_site.registration_mode, "Open");
  await refused(signUp("Mole"), "user_already_exists");
  await refused(signUp("a b"), "invalid_name");
  await refused(signUp("short", { password: "1", password_verify: "1" }), "invalid_password");
  await refused(signUp("typo", { password_verify: `${PASSWORD}!` }), "passwords_do_not_match");
  await refused(signUp("robot", { honeypot: "buy" }), "honeypot_failed");
});

test("people sign in by name or address, and with the right password only", async () => {
  await signUp("rat", { email: "rat@river.example" });
  await signIn("RAT");
  await signIn("Rat@River.Example");
  await refused(signIn("rat", "wrong password"), "incorrect_login");
  await refused(signIn("nobody"), "incorrect_login");
  await refused(withToken("forged").validateAuth(), "incorrect_login");
  assert.equal((await withToken("forged").getSite()).my_user, undefined);
  await refused(signUp("rat2", { email: "RAT@river.example" }), "email_already_exists");
});

test("a captcha stands before registration if the site wants one", async () => {
  const boss = await admin();
  assert.equal((await stranger().getCaptcha()).ok, undefined);
  await boss.editSite({ captcha_enabled: true, captcha_difficulty: "easy" });
  const { ok } = await eventually(async () => {
    const shown = await stranger().getCaptcha();
    assert.ok(shown.ok);
    return shown;
  });
  assert.equal(Buffer.from(ok.png, "base64").subarray(1, 4).toString(), "PNG");
  assert.equal(Buffer.from(ok.wav, "base64").subarray(0, 4).toString(), "RIFF");
  await eventually(() =>
    refused(signUp("robot3", { captcha_uuid: ok.uuid, captcha_answer: "?" }), "captcha_incorrect"),
  );
  await openToAll();
});

test("settings are kept, and an empty text clears one", async () => {
  const toad = await person("toad");
  await toad.saveUserSettings({
    display_name: "Mr. Toad",
    bio: "Poop-poop!",
    show_nsfw: true,
    default_sort_type: "New",
    default_listing_type: "Subscribed",
    show_read_posts: false,
    theme: "darkly",
    interface_language: "de",
    post_listing_mode: "Card",
    discussion_languages: [0, 37],
    show_upvotes: false,
  });
  const { my_user } = await toad.getSite();
  const { person: shown, local_user, local_user_vote_display_mode } = my_user.local_user_view;
  assert.equal(shown.display_name, "Mr. Toad");
  assert.equal(shown.bio, "Poop-poop!");
  assert.equal(local_user.show_nsfw, true);
  assert.equal(local_user.default_sort_type, "New");
  assert.equal(local_user.default_listing_type, "Subscribed");
  assert.equal(local_user.show_read_posts, false);
  assert.equal(local_user.interface_language, "de");
  assert.equal(local_user.post_listing_mode, "Card");
  assert.equal(local_user_vote_display_mode.upvotes, false);
  assert.deepEqual(my_user.discussion_languages, [0, 37]);

  await toad.saveUserSettings({ bio: "" });
  const { person_view } = await toad.getPersonDetails({ username: "toad" });
  assert.equal(person_view.person.bio, undefined);
  assert.equal(person_view.person.display_name, "Mr. Toad");
  await refused(toad.saveUserSettings({ bio: "x".repeat(1001) }), "bio_length_overflow");
});

test("a second factor is asked for once it is on", async () => {
  const badger = await person("badger");
  const { totp_secret_url } = await badger.generateTotpSecret();
  await refused(badger.updateTotp({ totp_token: "000000", enabled: true }), "incorrect_totp_token");
  const on = await badger.updateTotp({ totp_token: codeOf(totp_secret_url), enabled: true });
  assert.equal(on.enabled, true);

  const signInWith = (totp_2fa_token) =>
    stranger().login({ username_or_email: "badger", password: PASSWORD, totp_2fa_token });
  await refused(signInWith(undefined), "missing_totp_token");
  await refused(signInWith("123"), "incorrect_totp_token");
  // The code before was spent on turning it on; the next one is accepted a step early.
  const { jwt } = await signInWith(codeOf(totp_secret_url, 1));
  assert.ok(jwt);
  assert.equal((await badger.getSite()).my_user.local_user_view.local_user.totp_2fa_enabled, true);
});

test("sessions are listed and ended, and a new password ends all", async () => {
  const first = await person("otter");
  const second = await signIn("otter");
  assert.equal((await first.listLogins()).length, 2);
  await second.logout();
  await refused(second.validateAuth(), "incorrect_login");
  assert.equal((await first.validateAuth()).success, true);

  const change = { new_password: NEW_PASSWORD, new_password_verify: NEW_PASSWORD };
  await refused(first.changePassword({ ...change, old_password: "no" }), "incorrect_login");
  const { jwt } = await first.changePassword({ ...change, old_password: PASSWORD });
  await refused(first.validateAuth(), "incorrect_login");
  assert.equal((await withToken(jwt).validateAuth()).success, true);
  await refused(signIn("otter"), "incorrect_login");
  await signIn("otter", NEW_PASSWORD);
});

test("who leaves takes along what they wrote, if they say so", async () => {
  const weasel = await person("weasel");
  const mole = await signIn("mole");
  const { community_view } = await weasel.createCommunity({ name: "wildwood", title: "Wild Wood" });
  const { post_view } = await weasel.createPost({
    name: "A plan",
    body: "Take the Hall",
    community_id: community_view.community.id,
  });
  await refused(
    weasel.deleteAccount({ password: "wrong", delete_content: true }),
    "incorrect_login",
  );
  await weasel.deleteAccount({ password: PASSWORD, delete_content: true });
  await refused(weasel.validateAuth(), "incorrect_login");
  await assert.rejects(signIn("weasel"));
  await eventually(async () => {
    const { posts } = await mole.getPosts({ community_name: "wildwood", type_: "All" });
    assert.deepEqual(posts, []);
  });
  const boss = await admin();
  await eventually(async () => {
    const left = (await boss.getPost({ id: post_view.post.id })).post_view.post;
    assert.equal(left.deleted, true);
    assert.ok(!JSON.stringify(left).includes("Hall"));
  });
});
