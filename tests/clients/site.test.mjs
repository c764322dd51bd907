// The site itself: what it tells clients, and the settings that an admin changes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { admin, eventually, openToAll, person, refused, stranger } from "./forum.mjs";

let boss, lea, community_id;

before(async () => {
  await openToAll();
  boss = await admin();
  lea = await person("lea");
  const { community_view } = await lea.createCommunity({ name: "square", title: "Square" });
  community_id = community_view.community.id;
});

after(() => boss.editSite({ private_instance: false, slur_filter_regex: "", blocked_urls: [] }));

test("clients learn the version of the contract and all languages", async () => {
  const site = await stranger().getSite();
  assert.equal(site.version, "0.19.20");
  assert.equal(site.all_languages.length, 184);
  assert.equal(site.all_languages[0].code, "und");
  assert.ok(site.site_view.counts.users > 0);
  assert.equal(site.my_user, undefined);
  const { federated_instances } = await stranger().getFederatedInstances();
  assert.deepEqual(federated_instances ?? { linked: [], allowed: [], blocked: [] },
    { linked: [], allowed: [], blocked: [] });
});

test("an admin, and nobody else, changes it", async () => {
  const edit = { name: "Village", description: "Small", sidebar: "## Rules", taglines: ["Hear!"] };
  await refused(lea.editSite(edit), "not_an_admin");
  const { site_view } = await boss.editSite(edit);
  assert.equal(site_view.site.name, "Village");
  await eventually(async () => {
    const site = await stranger().getSite();
    assert.equal(site.site_view.site.sidebar, "## Rules");
    assert.deepEqual(site.taglines.map((each) => each.content), ["Hear!"]);
  });
  await refused(boss.editSite({ name: "x".repeat(21) }), "site_name_length_overflow");
  await refused(boss.editSite({ slur_filter_regex: "(" }), "invalid_regex");
  await refused(boss.createSite({ name: "Another" }), "site_already_exists");
});

test("bad words are refused in titles and blotted out in texts", async () => {
  await boss.editSite({ slur_filter_regex: "(knave|varlet)" });
  await eventually(() =>
    refused(lea.createPost({ name: "You knave", community_id }), "slurs"));
  await eventually(async () => {
    const form = { name: "Polite", body: "you VARLET, you", community_id };
    assert.equal((await lea.createPost(form)).post_view.post.body, "you *removed*, you");
  });
});

test("blocked links are refused", async () => {
  await boss.editSite({ blocked_urls: ["spam.example"] });
  const link = { name: "Look", url: "https://spam.example/x", community_id };
  await eventually(() => refused(lea.createPost(link), "blocked_url"));
  const mention = { name: "Look", body: "see https://spam.example/", community_id };
  await eventually(() => refused(lea.createPost(mention), "blocked_url"));
});

test("downvotes can be switched off", async () => {
  const { post_view } = await lea.createPost({ name: "Kind words", community_id });
  const down = { post_id: post_view.post.id, score: -1 };
  await boss.editSite({ enable_downvotes: false });
  await eventually(() => refused(lea.likePost(down), "downvotes_are_disabled"));
  await boss.editSite({ enable_downvotes: true });
  await eventually(async () => {
    assert.equal((await lea.likePost(down)).post_view.my_vote, -1);
  });
});

test("a private forum shows nothing to strangers", async () => {
  // Nobody keeps to themselves and talks with other servers at once.
  await boss.editSite({ private_instance: true, federation_enabled: false });
  await eventually(() => refused(stranger().getPosts({}), "instance_is_private"));
  await eventually(() => refused(stranger().getCommunity({ id: community_id }),
    "instance_is_private"));
  await eventually(() => refused(stranger().search({ q: "polite" }), "instance_is_private"));
  assert.ok((await lea.getPosts({ community_id })).posts.length > 0);
  assert.ok((await stranger().getSite()).site_view);
});
