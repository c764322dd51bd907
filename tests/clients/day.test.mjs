// One day on a forum: a reader, a poster, a moderator and an admin, through all that a client may
// ask. It is also what tests/clients/recordings holds, so nothing here hangs on chance or the clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, ids, openToAll, person, refused, signIn, signUp, stranger } from "./forum.mjs";

// Each process of the server looks at the site's settings once a second.
const settle = () => new Promise((resolve) => setTimeout(resolve, 1200));

let boss, poster, reader, moderator, place, post, root;

test("morning: the doors open", async () => {
  boss = await admin();
  await boss.editSite({ registration_mode: "RequireApplication", captcha_enabled: false });
  await settle();
  await refused(signUp("day_poster"), "registration_application_answer_required");
  const waiting = await signUp("day_poster", { answer: "I write." });
  assert.equal(waiting.registration_created, true);
  await refused(signIn("day_poster"), "registration_application_is_pending");
  const { registration_applications } = await boss.listRegistrationApplications({
    unread_only: true,
  });
  const asked = registration_applications.find((each) => each.creator.name === "day_poster");
  await boss.approveRegistrationApplication({
    id: asked.registration_application.id,
    approve: true,
  });
  await boss.getRegistrationApplication({ person_id: asked.creator.id });
  await boss.getUnreadRegistrationApplicationCount();
  poster = Object.assign(await signIn("day_poster"), { id: asked.creator.id });
  await openToAll();
  await settle();
  reader = await person("day_reader");
  moderator = await person("day_moderator");
  await stranger().getSite();
  await stranger().getFederatedInstances();
  await stranger().getCaptcha();
});

test("the poster settles in", async () => {
  await poster.saveUserSettings({
    display_name: "The Poster",
    bio: "I *write*.",
    show_nsfw: true,
    default_listing_type: "All",
    discussion_languages: [0, 37],
  });
  await refused(poster.saveUserSettings({ display_name: "x" }), "invalid_display_name");
  const { my_user } = await poster.getSite();
  assert.equal(my_user.local_user_view.person.display_name, "The Poster");
  assert.equal((await poster.validateAuth()).success, true);
  assert.equal((await poster.donation_dialog_shown()).success, true);
  assert.equal((await poster.listLogins()).length, 1);
});

test("the moderator founds a community and finds help", async () => {
  const { community_view } = await moderator.createCommunity({
    name: "day_place",
    title: "A place for the day",
    description: "Be kind.",
  });
  place = community_view.community.id;
  await refused(moderator.createCommunity({ name: "day_place", title: "Again" }),
    "community_already_exists");
  await moderator.editCommunity({ community_id: place, description: "Be *very* kind." });
  await refused(reader.editCommunity({ community_id: place, title: "Mine" }), "not_a_moderator");
  const team = { community_id: place, person_id: reader.id };
  assert.equal((await moderator.addModToCommunity({ ...team, added: true })).moderators.length, 2);
  await moderator.addModToCommunity({ ...team, added: false });
  await moderator.getCommunity({ name: "day_place" });
  await moderator.getCommunity({ id: place });
  await refused(moderator.getCommunity({ id: 999_999 }), "couldnt_find_community");
  await reader.listCommunities({ type_: "Local", sort: "New", limit: 5 });
  await reader.followCommunity({ community_id: place, follow: true });
  await poster.followCommunity({ community_id: place, follow: true });
});

test("the poster posts", async () => {
  const made = await poster.createPost({
    name: "A link for the day",
    url: "https://day.example/page?utm_source=x",
    body: "With **words**.",
    alt_text: "A page",
    language_id: 37,
    community_id: place,
  });
  post = made.post_view.post.id;
  assert.equal(made.post_view.post.url, "https://day.example/page");
  await refused(poster.createPost({ name: "ab", community_id: place }), "invalid_post_title");
  await poster.editPost({ post_id: post, body: "With **other** words." });
  const second = (await poster.createPost({ name: "A text", body: "Only words.", community_id: place }))
    .post_view.post.id;
  await poster.deletePost({ post_id: second, deleted: true });
  await poster.deletePost({ post_id: second, deleted: false });
  await refused(reader.editPost({ post_id: post, name: "Mine" }), "no_post_edit_allowed");
  const { comment_view } = await poster.createComment({ content: "First!", post_id: post });
  root = comment_view.comment.id;
  await poster.editComment({ comment_id: root, content: "First, again." });
});

test("the reader reads, votes, answers and keeps", async () => {
  for (const sort of ["Active", "Hot", "New", "TopDay", "Scaled", "Controversial"]) {
    const { posts } = await reader.getPosts({ community_id: place, sort, limit: 10 });
    assert.equal(posts.length, 2);
  }
  const { next_page } = await reader.getPosts({ community_id: place, sort: "New", limit: 1 });
  await reader.getPosts({ community_id: place, sort: "New", limit: 1, page_cursor: next_page });
  await refused(reader.getPosts({ limit: 51 }), "couldnt_get_posts");
  const seen = await reader.getPost({ id: post });
  assert.equal(seen.post_view.post.body, "With **other** words.");
  assert.equal((await reader.likePost({ post_id: post, score: 1 })).post_view.my_vote, 1);
  await reader.likePost({ post_id: post, score: -1 });
  await reader.likePost({ post_id: post, score: 0 });
  await reader.likePost({ post_id: post, score: 1 });
  await reader.savePost({ post_id: post, save: true });
  await reader.likeComment({ comment_id: root, score: 1 });
  await reader.saveComment({ comment_id: root, save: true });
  const answer = await reader.createComment({ content: "Well said.", post_id: post, parent_id: root });
  const own = answer.comment_view.comment.id;
  await reader.deleteComment({ comment_id: own, deleted: true });
  await reader.deleteComment({ comment_id: own, deleted: false });
  const tree = await reader.getComments({ post_id: post, max_depth: 8, sort: "Old", type_: "All" });
  assert.deepEqual(ids(tree.comments, "comment"), [root, own]);
  await reader.getComment({ id: own });
  await reader.getComments({ saved_only: true, type_: "All" });
  await reader.getPosts({ saved_only: true, type_: "All" });
  await reader.getPosts({ liked_only: true, type_: "All" });
  await refused(reader.getPosts({ liked_only: true, disliked_only: true }), "contradicting_filters");
  await reader.markPostAsRead({ post_ids: [post], read: true });
  await reader.hidePost({ post_ids: [post], hide: true });
  await reader.hidePost({ post_ids: [post], hide: false });
  await reader.getPersonDetails({ username: "day_poster", sort: "New", limit: 10 });
  await reader.getPersonDetails({ username: "day_poster", saved_only: true });
  await reader.search({ q: "words", type_: "All", listing_type: "All" });
  await reader.search({ q: "day_place", type_: "Communities", listing_type: "All" });
  await reader.resolveObject({ q: seen.post_view.post.ap_id });
  await reader.resolveObject({ q: seen.post_view.creator.actor_id });
  await reader.resolveObject({ q: seen.post_view.community.actor_id });
  await refused(reader.resolveObject({ q: "!nowhere@localhost" }), "couldnt_find_object");
});

test("the poster is told, and the two write to each other", async () => {
  assert.deepEqual(await poster.getUnreadCount(), { replies: 1, mentions: 0, private_messages: 0 });
  const { replies } = await poster.getReplies({ unread_only: true });
  await poster.markCommentReplyAsRead({ comment_reply_id: replies[0].comment_reply.id, read: true });
  const host = new URL(replies[0].comment.ap_id).host;
  await reader.createComment({ content: `Hello @day_poster@${host}`, post_id: post, parent_id: root });
  const { mentions } = await poster.getPersonMentions({ unread_only: true });
  await poster.markPersonMentionAsRead({
    person_mention_id: mentions[0].person_mention.id,
    read: true,
  });
  const sent = await reader.createPrivateMessage({ content: "psst", recipient_id: poster.id });
  const private_message_id = sent.private_message_view.private_message.id;
  await reader.editPrivateMessage({ private_message_id, content: "psst!" });
  await poster.getPrivateMessages({ unread_only: true, page: 1 });
  await poster.markPrivateMessageAsRead({ private_message_id, read: true });
  await poster.createPrivateMessageReport({ private_message_id, reason: "whispering" });
  await reader.deletePrivateMessage({ private_message_id, deleted: true });
  await reader.deletePrivateMessage({ private_message_id, deleted: false });
  await poster.markAllAsRead();
  const { private_message_reports } = await boss.listPrivateMessageReports({ unresolved_only: true });
  await boss.resolvePrivateMessageReport({
    report_id: private_message_reports[0].private_message_report.id,
    resolved: true,
  });
});

test("the reader blocks and unblocks", async () => {
  await reader.blockPerson({ person_id: poster.id, block: true });
  await reader.blockCommunity({ community_id: place, block: true });
  const { my_user } = await reader.getSite();
  assert.equal(my_user.person_blocks.length, 1);
  assert.equal(my_user.community_blocks.length, 1);
  await reader.blockPerson({ person_id: poster.id, block: false });
  await reader.blockCommunity({ community_id: place, block: false });
  await refused(reader.blockPerson({ person_id: reader.id, block: true }), "cant_block_yourself");
  await refused(reader.blockInstance({ instance_id: 1, block: true }), "cant_block_local_instance");
});

test("the moderator keeps order", async () => {
  await reader.createPostReport({ post_id: post, reason: "boring" });
  await reader.createCommentReport({ comment_id: root, reason: "boring too" });
  await moderator.getReportCount({});
  const { post_reports } = await moderator.listPostReports({ unresolved_only: true });
  await moderator.resolvePostReport({ report_id: post_reports[0].post_report.id, resolved: true });
  const { comment_reports } = await moderator.listCommentReports({ unresolved_only: true });
  await moderator.resolveCommentReport({
    report_id: comment_reports[0].comment_report.id,
    resolved: true,
  });
  await refused(reader.listPostReports({}), "not_a_mod_or_admin");
  await moderator.lockPost({ post_id: post, locked: true });
  await refused(reader.createComment({ content: "Late", post_id: post }), "locked");
  await moderator.lockPost({ post_id: post, locked: false });
  await moderator.featurePost({ post_id: post, featured: true, feature_type: "Community" });
  await refused(
    moderator.featurePost({ post_id: post, featured: true, feature_type: "Local" }),
    "not_an_admin",
  );
  const said = await moderator.createComment({ content: "Be kind.", post_id: post });
  await moderator.distinguishComment({
    comment_id: said.comment_view.comment.id,
    distinguished: true,
  });
  await moderator.listPostLikes({ post_id: post });
  await moderator.listCommentLikes({ comment_id: root });
  await moderator.removeComment({ comment_id: root, removed: true, reason: "rude" });
  await moderator.removeComment({ comment_id: root, removed: false });
  await moderator.removePost({ post_id: post, removed: true, reason: "spam" });
  await refused(reader.getPost({ id: post }), "couldnt_find_post");
  await moderator.removePost({ post_id: post, removed: false });
  await moderator.banFromCommunity({
    community_id: place, person_id: reader.id, ban: true, reason: "rest", expires: 4_000_000_000,
  });
  await refused(reader.createComment({ content: "Let me", post_id: post }), "banned_from_community");
  await moderator.banFromCommunity({ community_id: place, person_id: reader.id, ban: false });
  // Who was banned follows no more.
  await reader.followCommunity({ community_id: place, follow: true });
});

test("the admin looks after everything", async () => {
  await boss.editSite({
    name: "Day town",
    sidebar: "All *day*.",
    taglines: ["Good day", "Good night"],
    blocked_urls: ["spam.example"],
    discussion_languages: [0, 37, 39],
  });
  await boss.editSite({ discussion_languages: [], blocked_urls: [], taglines: [] });
  await refused(boss.editSite({ name: "" }), "site_name_required");
  await refused(reader.editSite({ name: "Mine" }), "not_an_admin");
  await boss.featurePost({ post_id: post, featured: true, feature_type: "Local" });
  await boss.featurePost({ post_id: post, featured: false, feature_type: "Local" });
  await boss.hideCommunity({ community_id: place, hidden: true, reason: "quiet" });
  await boss.hideCommunity({ community_id: place, hidden: false });
  await boss.removeCommunity({ community_id: place, removed: true, reason: "closed" });
  await boss.removeCommunity({ community_id: place, removed: false });
  await boss.banPerson({ person_id: reader.id, ban: true, reason: "rest" });
  await boss.getBannedPersons();
  await refused(signIn("day_reader"), "site_ban");
  await boss.banPerson({ person_id: reader.id, ban: false });
  reader = Object.assign(await signIn("day_reader"), { id: reader.id });
  await boss.addAdmin({ person_id: moderator.id, added: true });
  await moderator.leaveAdmin();
  const emoji = {
    category: "day",
    image_url: "https://day.example/sun.png",
    alt_text: "The sun",
    keywords: ["sun", "light"],
  };
  const { custom_emoji } = await boss.createCustomEmoji({ shortcode: "day_sun", ...emoji });
  const { id } = custom_emoji.custom_emoji;
  await boss.editCustomEmoji({ id, ...emoji, alt_text: "A sun" });
  await boss.deleteCustomEmoji({ id });
  await refused(reader.createCustomEmoji({ shortcode: "moon", ...emoji }), "not_an_admin");
  assert.deepEqual((await boss.listAllMedia({})).images, []);
  assert.deepEqual((await poster.listMedia({})).images, []);
  await boss.getModlog({});
  await reader.getModlog({ community_id: place, type_: "ModRemovePost" });
});

test("evening: some take their things along, some leave", async () => {
  const backup = await reader.exportSettings();
  assert.equal(backup.followed_communities.length, 1);
  assert.equal(backup.saved_posts.length, 1);
  const again = await person("day_again");
  assert.equal((await again.importSettings({ ...backup, bio: "Back again" })).success, true);
  const { person_view } = await again.getPersonDetails({ username: "day_again" });
  assert.equal(person_view.person.bio, "Back again");
  await moderator.addModToCommunity({ community_id: place, person_id: poster.id, added: true });
  await moderator.transferCommunity({ community_id: place, person_id: poster.id });
  await poster.deleteCommunity({ community_id: place, deleted: true });
  await poster.deleteCommunity({ community_id: place, deleted: false });
  await boss.purgeComment({ comment_id: root, reason: "gone" });
  await boss.purgePost({ post_id: post, reason: "gone" });
  await boss.purgeCommunity({ community_id: place });
  await refused(reader.getCommunity({ id: place }), "couldnt_find_community");
  await boss.purgePerson({ person_id: moderator.id });
  const changed = {
    old_password: process.env.FORUM_PASSWORD,
    new_password: "battery staple",
    new_password_verify: "battery staple",
  };
  assert.ok((await poster.changePassword(changed)).jwt);
  await again.deleteAccount({ password: process.env.FORUM_PASSWORD, delete_content: true });
  await refused(again.getUnreadCount(), "incorrect_login");
  assert.equal((await reader.logout()).success, true);
  await refused(reader.validateAuth(), "incorrect_login");
});
