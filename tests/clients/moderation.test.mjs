// Keeping order: reports, removal, locks, bans, moderators, purges, and the log of all that.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { admin, eventually, ids, openToAll, person, refused, signIn, stranger } from "./forum.mjs";

let boss, mod, joe, kim, community_id, post_id, comment_id;

before(async () => {
  await openToAll();
  boss = await admin();
  [mod, joe, kim] = [await person("judge"), await person("joe"), await person("kim")];
  const { community_view } = await mod.createCommunity({ name: "court", title: "Court" });
  community_id = community_view.community.id;
  const { post_view } = await joe.createPost({ name: "A quarrel", body: "loud", community_id });
  post_id = post_view.post.id;
  comment_id = (await joe.createComment({ post_id, content: "Louder!" })).comment_view.comment.id;
});

const logOf = async (type_, more = {}) => boss.getModlog({ type_, community_id, ...more });

test("reports reach the moderator, and are resolved", async () => {
  await kim.createPostReport({ post_id, reason: "noise" });
  await kim.createCommentReport({ comment_id, reason: "more noise" });
  await refused(kim.createPostReport({ post_id, reason: "again" }), "couldnt_create_report");
  await refused(kim.listPostReports({}), "not_a_mod_or_admin");
  const count = await mod.getReportCount({ community_id });
  assert.deepEqual([count.post_reports, count.comment_reports], [1, 1]);

  const { post_reports } = await mod.listPostReports({ unresolved_only: true });
  assert.equal(post_reports[0].post_report.reason, "noise");
  assert.equal(post_reports[0].creator.name, "kim");
  const report_id = post_reports[0].post_report.id;
  const resolved = await mod.resolvePostReport({ report_id, resolved: true });
  assert.equal(resolved.post_report_view.resolver.name, "judge");
  const { comment_reports } = await mod.listCommentReports({ unresolved_only: true });
  await mod.resolveCommentReport({
    report_id: comment_reports[0].comment_report.id, resolved: true,
  });
  const left = await mod.getReportCount({ community_id });
  assert.deepEqual([left.post_reports, left.comment_reports], [0, 0]);
});

test("a removed post is hidden from all but its author and moderators, and logged", async () => {
  const remove = { post_id, removed: true, reason: "calm down" };
  await refused(kim.removePost(remove), "not_a_moderator");
  assert.equal((await mod.removePost(remove)).post_view.post.removed, true);
  await refused(kim.getPost({ id: post_id }), "couldnt_find_post");
  assert.equal((await joe.getPost({ id: post_id })).post_view.post.removed, true);
  const { posts } = await kim.getPosts({ community_id });
  assert.deepEqual(posts, []);

  const { removed_posts } = await logOf("ModRemovePost");
  assert.equal(removed_posts[0].mod_remove_post.reason, "calm down");
  assert.equal(removed_posts[0].moderator.name, "judge");
  await mod.removePost({ post_id, removed: false });
  assert.equal((await kim.getPost({ id: post_id })).post_view.post.body, "loud");
  assert.equal((await logOf("ModRemovePost")).removed_posts.length, 2);
});

test("the log hides who acted, from those who did not", async () => {
  const { removed_posts } = await eventually(async () => {
    const log = await stranger().getModlog({ type_: "ModRemovePost", community_id });
    assert.equal(log.removed_posts.length, 2);
    return log;
  });
  assert.equal(removed_posts[0].moderator, undefined);
});

test("a removed comment keeps its place without its text", async () => {
  await mod.removeComment({ comment_id, removed: true, reason: "rude" });
  const { comments } = await kim.getComments({ post_id, max_depth: 5, type_: "All" });
  assert.deepEqual([comments[0].comment.content, comments[0].comment.removed], ["", true]);
  const { removed_comments } = await logOf("ModRemoveComment");
  assert.equal(removed_comments[0].mod_remove_comment.reason, "rude");
  assert.equal(removed_comments[0].commenter.name, "joe");
  await mod.removeComment({ comment_id, removed: false });
  const back = (await kim.getComment({ id: comment_id })).comment_view.comment;
  assert.equal(back.content, "Louder!");
});

test("a locked post takes comments of moderators only", async () => {
  await refused(joe.lockPost({ post_id, locked: true }), "not_a_moderator");
  assert.equal((await mod.lockPost({ post_id, locked: true })).post_view.post.locked, true);
  await refused(kim.createComment({ post_id, content: "But" }), "locked");
  const { comment_view } = await mod.createComment({ post_id, content: "Order!" });
  const shout = { comment_id: comment_view.comment.id, distinguished: true };
  assert.equal((await mod.distinguishComment(shout)).comment_view.comment.distinguished, true);
  await mod.lockPost({ post_id, locked: false });
  await kim.createComment({ post_id, content: "But" });
  assert.equal((await logOf("ModLockPost")).locked_posts.length, 2);
});

test("a featured post stands first", async () => {
  await kim.createPost({ name: "Newer", community_id });
  const feature = { post_id, featured: true, feature_type: "Community" };
  const order = async () => ids((await kim.getPosts({ community_id, sort: "New" })).posts);
  assert.notEqual((await order())[0], post_id);
  await mod.featurePost(feature);
  assert.equal((await order())[0], post_id);
  await refused(mod.featurePost({ ...feature, feature_type: "Local" }), "not_an_admin");
  await boss.featurePost({ ...feature, feature_type: "Local" });
  const { posts } = await kim.getPosts({ type_: "Local", sort: "New" });
  assert.equal(posts[0].post.id, post_id);
  const { featured_posts } = await logOf("ModFeaturePost");
  assert.deepEqual(
    featured_posts.map((each) => each.mod_feature_post.is_featured_community), [false, true],
  );
  await boss.featurePost({ ...feature, feature_type: "Local", featured: false });
});

test("a ban from a community ends taking part there, and only there", async () => {
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const ban = { community_id, person_id: joe.id, ban: true, reason: "shouting", expires };
  await refused(kim.banFromCommunity(ban), "not_a_moderator");
  await refused(
    mod.banFromCommunity({ ...ban, expires: expires - 7200 }), "ban_expiration_in_past",
  );
  assert.equal((await mod.banFromCommunity(ban)).banned, true);
  await refused(joe.createPost({ name: "Let me in", community_id }), "banned_from_community");
  await refused(joe.likePost({ post_id, score: -1 }), "banned_from_community");
  const { post_view } = await kim.getPost({ id: post_id });
  assert.equal(post_view.creator_banned_from_community, true);
  const { banned_from_community } = await logOf("ModBanFromCommunity");
  assert.equal(banned_from_community[0].banned_person.name, "joe");
  assert.ok(banned_from_community[0].mod_ban_from_community.expires);

  await mod.banFromCommunity({ ...ban, ban: false, expires: undefined });
  await joe.createPost({ name: "Thank you", community_id });
});

test("moderators are appointed by moderators, and the community is handed on", async () => {
  const add = { community_id, person_id: kim.id, added: true };
  await refused(joe.addModToCommunity(add), "not_a_moderator");
  const { moderators } = await mod.addModToCommunity(add);
  assert.deepEqual(ids(moderators, "moderator"), [mod.id, kim.id]);
  await refused(
    kim.addModToCommunity({ community_id, person_id: mod.id, added: false }), "not_higher_mod",
  );
  await kim.lockPost({ post_id, locked: true });
  await kim.lockPost({ post_id, locked: false });
  await mod.transferCommunity({ community_id, person_id: kim.id });
  const handed = await mod.getCommunity({ id: community_id });
  assert.deepEqual(ids(handed.moderators, "moderator"), [kim.id, mod.id]);
  assert.equal((await logOf("ModAddCommunity")).added_to_community.length, 1);
  assert.equal((await logOf("ModTransferCommunity")).transferred_to_community.length, 1);
});

test("a ban from the site ends all sessions and shuts the door", async () => {
  const ban = { person_id: joe.id, ban: true, reason: "enough", remove_data: true };
  await refused(mod.banPerson(ban), "not_an_admin");
  assert.equal((await boss.banPerson(ban)).banned, true);
  await refused(joe.validateAuth(), "incorrect_login");
  await refused(signIn("joe"), "site_ban");
  const outside = ids((await boss.getBannedPersons()).banned, "person");
  assert.ok(outside.includes(joe.id) && !outside.includes(kim.id));
  await eventually(async () => {
    const { posts } = await kim.getPosts({ community_id, limit: 50 });
    assert.ok(!posts.some((each) => each.creator.id === joe.id));
  });
  const { banned } = await boss.getModlog({ type_: "ModBan", other_person_id: joe.id });
  assert.equal(banned[0].mod_ban.reason, "enough");
  await boss.banPerson({ person_id: joe.id, ban: false });
  joe = await signIn("joe");
});

test("an admin hides and removes a community", async () => {
  const { community_view } = await kim.createCommunity({ name: "cellar", title: "Cellar" });
  const cellar = community_view.community.id;
  const { post_view } = await kim.createPost({ name: "Down here", community_id: cellar });
  const isListed = async () => {
    const { posts } = await mod.getPosts({ type_: "All", sort: "New", limit: 50 });
    return ids(posts).includes(post_view.post.id);
  };
  assert.equal(await isListed(), true);
  await boss.hideCommunity({ community_id: cellar, hidden: true, reason: "dark" });
  assert.equal(await isListed(), false);
  await boss.hideCommunity({ community_id: cellar, hidden: false });
  await refused(kim.removeCommunity({ community_id: cellar, removed: true }), "not_an_admin");
  await boss.removeCommunity({ community_id: cellar, removed: true, reason: "damp" });
  await refused(mod.getCommunity({ id: cellar }), "couldnt_find_community");
  assert.equal(await isListed(), false);
  const { removed_communities } = await boss.getModlog({ type_: "ModRemoveCommunity" });
  assert.equal(removed_communities[0].mod_remove_community.reason, "damp");
});

test("a purged post is gone for good, and the log says so", async () => {
  const { post_view } = await kim.createPost({ name: "Secrets", community_id });
  const secret = post_view.post.id;
  await kim.createComment({ post_id: secret, content: "whispered" });
  await refused(kim.purgePost({ post_id: secret }), "not_an_admin");
  await boss.purgePost({ post_id: secret, reason: "leak" });
  await eventually(() => refused(kim.getPost({ id: secret }), "couldnt_find_post"));
  await eventually(async () => {
    const { admin_purged_posts } = await boss.getModlog({ type_: "AdminPurgePost" });
    assert.equal(admin_purged_posts[0].admin_purge_post.reason, "leak");
  });
});

test("admins are made and step down, the last one stays", async () => {
  await refused(boss.leaveAdmin(), "cannot_leave_admin");
  const { admins } = await boss.addAdmin({ person_id: mod.id, added: true });
  assert.ok(ids(admins, "person").includes(mod.id));
  const added = await boss.getModlog({ type_: "ModAdd", other_person_id: mod.id });
  assert.equal(added.added[0].modded_person.name, "judge");
  await refused(mod.banPerson({ person_id: (await idOf(boss)), ban: true }), "not_higher_admin");
  await mod.leaveAdmin();
  await refused(mod.getBannedPersons(), "not_an_admin");
});

async function idOf(client) {
  return (await client.getSite()).my_user.local_user_view.person.id;
}
