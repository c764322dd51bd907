// What waits for a person: replies, mentions, private messages, and their counts.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { admin, ids, openToAll, person, refused } from "./forum.mjs";

let fay, gus, post_id;

const host = new URL(process.env.FORUM_URL).host;

before(async () => {
  await openToAll();
  [fay, gus] = [await person("fay"), await person("gus")];
  const { community_view } = await fay.createCommunity({ name: "letters", title: "Letters" });
  const community_id = community_view.community.id;
  post_id = (await fay.createPost({ name: "Dear all", community_id })).post_view.post.id;
});

test("a reply waits for the author until it is read", async () => {
  const { comment_view } = await gus.createComment({ post_id, content: "Dear Fay" });
  assert.deepEqual(await fay.getUnreadCount(), { replies: 1, mentions: 0, private_messages: 0 });
  const { replies } = await fay.getReplies({ unread_only: true, sort: "New" });
  assert.equal(replies[0].comment.id, comment_view.comment.id);
  assert.equal(replies[0].creator.name, "gus");

  const comment_reply_id = replies[0].comment_reply.id;
  const read = { comment_reply_id, read: true };
  await refused(gus.markCommentReplyAsRead(read), "couldnt_find_comment_reply");
  assert.equal((await fay.markCommentReplyAsRead(read)).comment_reply_view.comment_reply.read, true);
  assert.equal((await fay.getUnreadCount()).replies, 0);
  assert.deepEqual((await fay.getReplies({ unread_only: true })).replies, []);
  assert.equal((await fay.getReplies({ unread_only: false })).replies.length, 1);
  assert.equal((await gus.getUnreadCount()).replies, 0);
});

test("a mention by its full name waits too", async () => {
  const hal = await person("hal");
  const content = `Ask @hal@${host} about it`;
  const { comment_view } = await gus.createComment({ post_id, content });
  assert.deepEqual(await hal.getUnreadCount(), { replies: 0, mentions: 1, private_messages: 0 });
  const { mentions } = await hal.getPersonMentions({ unread_only: true });
  assert.deepEqual(ids(mentions, "comment"), [comment_view.comment.id]);
  const person_mention_id = mentions[0].person_mention.id;
  await hal.markPersonMentionAsRead({ person_mention_id, read: true });
  assert.equal((await hal.getUnreadCount()).mentions, 0);
});

test("all is read at once", async () => {
  await gus.createComment({ post_id, content: "And another" });
  assert.ok((await fay.getUnreadCount()).replies > 0);
  assert.deepEqual((await fay.markAllAsRead()).replies, []);
  assert.deepEqual(await fay.getUnreadCount(), { replies: 0, mentions: 0, private_messages: 0 });
});

test("private messages are between two", async () => {
  const ida = await person("ida");
  const { private_message_view } = await fay.createPrivateMessage({
    content: "Meet me at noon",
    recipient_id: gus.id,
  });
  const private_message_id = private_message_view.private_message.id;
  assert.equal((await gus.getUnreadCount()).private_messages, 1);
  const { private_messages } = await gus.getPrivateMessages({ unread_only: true });
  assert.equal(private_messages[0].private_message.content, "Meet me at noon");
  assert.deepEqual((await ida.getPrivateMessages({})).private_messages, []);

  const edit = { private_message_id, content: "Meet me at one" };
  await refused(gus.editPrivateMessage(edit), "edit_private_message_not_allowed");
  await fay.editPrivateMessage(edit);
  await gus.markPrivateMessageAsRead({ private_message_id, read: true });
  assert.equal((await gus.getUnreadCount()).private_messages, 0);
  const talk = await gus.getPrivateMessages({ creator_id: fay.id });
  assert.equal(talk.private_messages[0].private_message.content, "Meet me at one");

  await fay.deletePrivateMessage({ private_message_id, deleted: true });
  assert.deepEqual((await gus.getPrivateMessages({})).private_messages, []);
});

test("a message is reported to the admins", async () => {
  const { private_message_view } = await gus.createPrivateMessage({
    content: "Buy my watches",
    recipient_id: fay.id,
  });
  const private_message_id = private_message_view.private_message.id;
  await fay.createPrivateMessageReport({ private_message_id, reason: "spam" });
  const boss = await admin();
  const list = await boss.listPrivateMessageReports({ unresolved_only: true });
  const { private_message_report } = list.private_message_reports.find(
    (each) => each.private_message.id === private_message_id,
  );
  assert.equal(private_message_report.original_pm_text, "Buy my watches");
  assert.equal((await boss.getReportCount({})).private_message_reports, 1);
  const report_id = private_message_report.id;
  await boss.resolvePrivateMessageReport({ report_id, resolved: true });
  assert.equal((await boss.getReportCount({})).private_message_reports, 0);
});

test("who is blocked cannot write", async () => {
  await fay.blockPerson({ person_id: gus.id, block: true });
  await refused(
    gus.createPrivateMessage({ content: "Hello?", recipient_id: fay.id }),
    "person_is_blocked",
  );
  const before = await fay.getUnreadCount();
  await gus.createComment({ post_id, content: "Can you hear me?" });
  assert.deepEqual(await fay.getUnreadCount(), before);
});
