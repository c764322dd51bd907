// What the tests of the JavaScript client share: people of a forum, and what they expect of it.
//
// The forum is a running server; its address and its admin come from the environment.
import assert from "node:assert/strict";
import { LemmyHttp } from "lemmy-js-client";

export const PASSWORD = process.env.FORUM_PASSWORD;

export function stranger() {
  return new LemmyHttp(process.env.FORUM_URL);
}

export function withToken(jwt) {
  return new LemmyHttp(process.env.FORUM_URL, { headers: { Authorization: `Bearer ${jwt}` } });
}

export async function signIn(name, password = PASSWORD) {
  const { jwt } = await stranger().login({ username_or_email: name, password });
  return withToken(jwt);
}

export const admin = () => signIn(process.env.FORUM_ADMIN);

export function signUp(name, more = {}) {
  return stranger().register({
    username: name,
    password: PASSWORD,
    password_verify: PASSWORD,
    show_nsfw: false,
    ...more,
  });
}

// A person who may come in at once: their client, with their id and name beside it.
export async function person(name) {
  const client = withToken((await signUp(name)).jwt);
  const { my_user } = await client.getSite();
  return Object.assign(client, { id: my_user.local_user_view.person.id, called: name });
}

export async function openToAll() {
  await (await admin()).editSite({ registration_mode: "Open", captcha_enabled: false });
}

export async function refused(promise, code) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.name, code, `refused with ${error.name} ${error.message}`);
    return true;
  });
}

// Each process of the server looks at the site's settings once a second, and visitors without an
// account may be shown the state of a moment ago.
export async function eventually(look) {
  for (let tries = 80; ; tries -= 1) {
    try {
      return await look();
    } catch (error) {
      if (tries === 0) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const ids = (views, subject = "post") => views.map((view) => view[subject].id);
