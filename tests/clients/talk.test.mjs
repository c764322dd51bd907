// A day of talk: communities, posts, comments, votes, lists, search.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually, ids, openToAll, person, refused, stranger } from "./forum.mjs";

let ann, ben, community, post;
const comments = {};

before(async () => {
  await openToAll();
  [ann, ben] = [await person("ann"), await person("ben")];
});

test("a person founds a community, moderates and follows it", async () => {
  const { community_view } = await ann.createCommunity({
    name: "gardens",
    title: "Gardens and parks",
    description: "All that *grows*.",
  });
  community = community_view.community;
  assert.equal(community_view.subscribed, "Subscribed");
  assert.equal(community_view.counts.subscribers, 1);

  const found = await ben.getCommunity({ name: "gardens" });
  assert.deepEqual(ids(found.moderators, "moderator"), [ann.id]);
  assert.equal(found.community_view.community.description, "All that *grows*.");
  assert.equal(found.community_view.subscribed, "NotSubscribed");
  await refused(ben.createCommunity({ name: "Gardens", title: "Mine" }), "community_already_exists");
  await refused(stranger().createCommunity({ name: "free", title: "Free" }), "incorrect_login");
  await refused(ben.getCommunity({ name: "nowhere" }), "couldnt_find_community");
});

test("only moderators edit it", async () => {
  const edit = { community_id: community.id, title: "Gardens" };
  await refused(ben.editCommunity(edit), "not_a_moderator");
  assert.equal((await ann.editCommunity(edit)).community_view.community.title, "Gardens");
  const { communities } = await ben.listCommunities({ type_: "Local", sort: "New" });
  assert.equal(communities.find((each) => each.community.id === community.id).community.title,
    "Gardens");
});

test("following counts, once", async () => {
  const follow = { community_id: community.id, follow: true };
  await ben.followCommunity(follow);
  const { community_view } = await ben.followCommunity(follow);
  assert.equal(community_view.subscribed, "Subscribed");
  assert.equal(community_view.counts.subscribers, 2);
  const { my_user } = await ben.getSite();
  assert.deepEqual(ids(my_user.follows, "community"), [community.id]);
});

test("a post with a link is stored clean, with its author's vote", async () => {
  const { post_view } = await ann.createPost({
    name: "  Tomatoes in June  ",
    url: "https://plants.example/tomatoes?utm_source=feed&id=7",
    body: "Who is **growing** them outside?",
    community_id: community.id,
  });
  post = post_view.post;
  assert.equal(post.name, "Tomatoes in June");
  assert.equal(post.url, "https://plants.example/tomatoes?id=7");
  assert.equal(post_view.my_vote, 1);
  assert.deepEqual([post_view.counts.score, post_view.counts.upvotes], [1, 1]);
  assert.equal(post_view.read, true);

  const seen = (await ben.getPost({ id: post.id })).post_view;
  assert.equal(seen.post.body, "Who is **growing** them outside?");
  assert.equal(seen.my_vote, undefined);
  assert.equal(seen.creator.name, "ann");
});

test("titles, links and authors are checked", async () => {
  const good = { name: "A good title", community_id: community.id };
  await refused(ann.createPost({ ...good, name: "ab" }), "invalid_post_title");
  await refused(ann.createPost({ ...good, url: "javascript:alert(1)" }), "invalid_url_scheme");
  await refused(ann.createPost({ ...good, community_id: 999_999 }), "couldnt_find_community");
  await refused(stranger().createPost(good), "incorrect_login");
  await refused(ben.editPost({ post_id: post.id, name: "Mine now" }), "no_post_edit_allowed");
});

test("the author edits; the same link elsewhere is a cross-post", async () => {
  const { post_view } = await ann.editPost({ post_id: post.id, body: "Edited.", nsfw: false });
  assert.equal(post_view.post.body, "Edited.");
  assert.ok(post_view.post.updated);
  const other = await ben.createCommunity({ name: "kitchens", title: "Kitchens" });
  const copy = await ben.createPost({
    name: "Good tomatoes",
    url: "https://plants.example/tomatoes?id=7",
    community_id: other.community_view.community.id,
  });
  const { cross_posts } = await ben.getPost({ id: post.id });
  assert.deepEqual(ids(cross_posts), [copy.post_view.post.id]);
});

test("comments make a tree", async () => {
  const say = async (who, name, parent) => {
    const form = { post_id: post.id, content: name, parent_id: parent && comments[parent].id };
    const answer = await who.createComment(form);
    comments[name] = answer.comment_view.comment;
    return answer;
  };
  const root = await say(ben, "root");
  assert.equal(root.comment_view.my_vote, 1);
  await say(ann, "reply", "root");
  await say(ben, "reply to reply", "reply");
  await say(ann, "second root");
  assert.equal(comments["reply to reply"].path,
    `0.${comments.root.id}.${comments.reply.id}.${comments["reply to reply"].id}`);

  const tree = await ann.getComments({ post_id: post.id, max_depth: 8, sort: "Old", type_: "All" });
  const counts = Object.fromEntries(
    tree.comments.map((each) => [each.comment.content, each.counts.child_count]),
  );
  assert.deepEqual(counts, { root: 2, reply: 1, "reply to reply": 0, "second root": 0 });
  const top = await ann.getComments({ post_id: post.id, max_depth: 1, type_: "All" });
  assert.deepEqual(top.comments.map((each) => each.comment.content).sort(), ["root", "second root"]);
  const branch = await ann.getComments({
    post_id: post.id, parent_id: comments.reply.id, max_depth: 5, type_: "All",
  });
  assert.deepEqual(branch.comments.map((each) => each.comment.content),
    ["reply", "reply to reply"]);
  assert.equal((await ben.getPost({ id: post.id })).post_view.counts.comments, 4);
  await refused(ben.createComment({ post_id: 999_999, content: "?" }), "couldnt_find_post");
});

test("comments are edited and deleted by who wrote them", async () => {
  const comment_id = comments["second root"].id;
  await refused(ben.editComment({ comment_id, content: "Mine" }), "no_comment_edit_allowed");
  const edited = await ann.editComment({ comment_id, content: "second thoughts" });
  assert.equal(edited.comment_view.comment.content, "second thoughts");
  await ann.deleteComment({ comment_id, deleted: true });
  const seen = (await ben.getComment({ id: comment_id })).comment_view.comment;
  assert.deepEqual([seen.deleted, seen.content], [true, ""]);
  await ann.deleteComment({ comment_id, deleted: false });
  assert.equal((await ben.getComment({ id: comment_id })).comment_view.comment.content,
    "second thoughts");
});

test("votes count once, turn around and are taken back", async () => {
  const vote = async (score) => {
    const { post_view } = await ben.likePost({ post_id: post.id, score });
    const { counts, my_vote } = post_view;
    return [counts.score, counts.upvotes, counts.downvotes, my_vote];
  };
  assert.deepEqual(await vote(1), [2, 2, 0, 1]);
  assert.deepEqual(await vote(1), [2, 2, 0, 1]);
  assert.deepEqual(await vote(-1), [0, 1, 1, -1]);
  assert.deepEqual(await vote(0), [1, 1, 0, undefined]);
  await refused(stranger().likePost({ post_id: post.id, score: 1 }), "incorrect_login");

  const { comment_view } = await ann.likeComment({ comment_id: comments.root.id, score: 1 });
  assert.deepEqual([comment_view.counts.score, comment_view.my_vote], [2, 1]);
  const likes = await ann.listCommentLikes({ comment_id: comments.root.id });
  assert.deepEqual(ids(likes.comment_likes, "creator").sort(), [ann.id, ben.id].sort());
  await refused(ben.listCommentLikes({ comment_id: comments.root.id }), "not_a_moderator");
});

test("saved things are found again", async () => {
  assert.equal((await ben.savePost({ post_id: post.id, save: true })).post_view.saved, true);
  await ben.saveComment({ comment_id: comments.reply.id, save: true });
  const posts = await ben.getPosts({ saved_only: true, type_: "All" });
  assert.deepEqual(ids(posts.posts), [post.id]);
  const list = await ben.getComments({ saved_only: true, type_: "All" });
  assert.deepEqual(ids(list.comments, "comment"), [comments.reply.id]);
  assert.deepEqual((await ann.getPosts({ saved_only: true, type_: "All" })).posts, []);
  await ben.savePost({ post_id: post.id, save: false });
  assert.deepEqual((await ben.getPosts({ saved_only: true, type_: "All" })).posts, []);
});

test("a list is walked by cursor, in every order, without a gap or a repetition", async () => {
  const carl = await person("carl");
  const { community_view } = await carl.createCommunity({ name: "walks", title: "Walks" });
  const community_id = community_view.community.id;
  const written = [];
  for (let number = 0; number < 17; number += 1) {
    const { post_view } = await carl.createPost({ name: `Walk ${number}`, community_id });
    written.push(post_view.post.id);
    if (number % 3 === 0) await ann.likePost({ post_id: post_view.post.id, score: 1 });
  }
  const newest = written.toReversed();
  for (const sort of [
    "Active", "Hot", "Scaled", "New", "Old", "TopDay", "TopAll", "TopHour", "MostComments",
    "NewComments", "Controversial",
  ]) {
    const seen = [];
    let page_cursor;
    for (;;) {
      const query = { community_id, type_: "All", sort, limit: 5, page_cursor };
      const { posts, next_page } = await carl.getPosts(query);
      if (posts.length === 0) break;
      seen.push(...ids(posts));
      page_cursor = next_page;
    }
    assert.deepEqual(seen.toSorted((a, b) => a - b), written, `${sort} shows each post once`);
    if (sort === "New") assert.deepEqual(seen, newest);
    if (sort === "Old") assert.deepEqual(seen, written);
    if (sort.startsWith("Top")) {
      const voted = newest.filter((id) => written.indexOf(id) % 3 === 0);
      assert.deepEqual(seen.slice(0, voted.length), voted, sort);
    }
  }
  const second = await carl.getPosts({ community_id, sort: "New", limit: 5, page: 2 });
  assert.deepEqual(ids(second.posts), newest.slice(5, 10));
  await refused(carl.getPosts({ limit: 51 }), "couldnt_get_posts");
  await refused(carl.getPosts({ page_cursor: "P-1" }), "unknown");
});

test("lists show what was asked for", async () => {
  const { posts: subscribed } = await ben.getPosts({ type_: "Subscribed", sort: "New", limit: 50 });
  const names = new Set(subscribed.map((each) => each.community.name));
  assert.deepEqual(names, new Set(["gardens", "kitchens"]));
  const { posts: mine } = await ann.getPosts({ type_: "ModeratorView", sort: "New", limit: 50 });
  assert.deepEqual(new Set(mine.map((each) => each.community.name)), new Set(["gardens"]));
  const { posts: local } = await ann.getPosts({ type_: "Local", sort: "New", limit: 50 });
  assert.ok(ids(local).includes(post.id));
  await eventually(async () => {
    const { posts } = await stranger().getPosts({ community_name: "gardens", sort: "New" });
    assert.deepEqual(ids(posts), [post.id]);
  });
});

test("what was read or hidden leaves the list of who asked for that", async () => {
  const dora = await person("dora");
  const shown = async (more) => {
    const { posts } = await dora.getPosts({ community_name: "gardens", type_: "All", ...more });
    return ids(posts);
  };
  assert.deepEqual(await shown({ show_read: false }), [post.id]);
  await dora.markPostAsRead({ post_ids: [post.id], read: true });
  assert.deepEqual(await shown({ show_read: false }), []);
  assert.deepEqual(await shown({ show_read: true }), [post.id]);
  await dora.hidePost({ post_ids: [post.id], hide: true });
  assert.deepEqual(await shown({ show_read: true }), []);
  assert.deepEqual(await shown({ show_read: true, show_hidden: true }), [post.id]);
});

test("blocked people and communities are seen no more, until unblocked", async () => {
  const emma = await person("emma");
  const shown = async () => {
    const { posts } = await emma.getPosts({ type_: "All", sort: "New", limit: 50 });
    return ids(posts).includes(post.id);
  };
  assert.equal(await shown(), true);
  assert.equal((await emma.blockPerson({ person_id: ann.id, block: true })).blocked, true);
  assert.equal(await shown(), false);
  assert.deepEqual(ids((await emma.getSite()).my_user.person_blocks, "target"), [ann.id]);
  await emma.blockPerson({ person_id: ann.id, block: false });
  await emma.blockCommunity({ community_id: community.id, block: true });
  assert.equal(await shown(), false);
  await emma.blockCommunity({ community_id: community.id, block: false });
  assert.equal(await shown(), true);
  await refused(emma.blockPerson({ person_id: emma.id, block: true }), "cant_block_yourself");
});

test("search finds words in all their forms, and only what may be seen", async () => {
  const find = (q, type_, more = {}) => ben.search({ q, type_, listing_type: "All", ...more });
  const plural = await find("tomato", "Posts", { sort: "Old" });
  assert.ok(ids(plural.posts).includes(post.id));
  assert.deepEqual(ids((await find("thought", "Comments")).comments, "comment"),
    [comments["second root"].id]);
  assert.deepEqual(ids((await find("garde", "Communities")).communities, "community"),
    [community.id]);
  assert.ok(ids((await find("ann", "Users")).users, "person").includes(ann.id));
  const links = await find("https://plants.example/tomatoes?id=7", "Url");
  assert.equal(links.posts.length, 2);
  assert.deepEqual((await find("zucchini", "All")).posts, []);
  const object = await ben.resolveObject({ q: post.ap_id });
  assert.equal(object.post.post.id, post.id);
});

test("a deleted post is gone for others and comes back whole", async () => {
  await refused(ben.deletePost({ post_id: post.id, deleted: true }), "no_post_edit_allowed");
  await ann.deletePost({ post_id: post.id, deleted: true });
  await refused(ben.getPost({ id: post.id }), "couldnt_find_post");
  const { posts } = await ben.getPosts({ community_name: "gardens", type_: "All" });
  assert.deepEqual(posts, []);
  assert.deepEqual((await ben.search({ q: "tomatoes june", type_: "Posts" })).posts, []);
  await ann.deletePost({ post_id: post.id, deleted: false });
  const back = (await ben.getPost({ id: post.id })).post_view;
  assert.equal(back.post.body, "Edited.");
  assert.equal(back.counts.comments, 4);
});

test("a profile tells what somebody wrote", async () => {
  const { person_view, posts, comments: said, moderates } = await ben.getPersonDetails({
    username: "ann", sort: "New",
  });
  assert.equal(person_view.person.id, ann.id);
  assert.deepEqual([person_view.counts.post_count, person_view.counts.comment_count], [1, 2]);
  assert.deepEqual(ids(posts), [post.id]);
  assert.equal(said.length, 2);
  assert.deepEqual(ids(moderates, "community"), [community.id]);
  await refused(ben.getPersonDetails({ username: "nobody" }), "couldnt_find_person");
});
