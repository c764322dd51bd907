// The first person of a forum: whoever has the token that the server printed, and nobody else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, refused, signUp, stranger, withToken } from "./forum.mjs";

test("before the setup nobody becomes the admin without the token", async () => {
  assert.equal((await stranger().getSite()).site_view.local_site.site_setup, false);
  await refused(signUp("intruder"), "setup_token_required");
  await refused(signUp("intruder", { setup_token: "guessed" }), "setup_token_required");
  await refused(stranger().createSite({ name: "Mine" }), "incorrect_login");
});

test("the token makes one admin, who sets the site up, once", async () => {
  const setup_token = process.env.SETUP_TOKEN;
  const founder = withToken((await signUp("founder", { setup_token })).jwt);
  assert.equal((await founder.getSite()).my_user.local_user_view.local_user.admin, true);
  await refused(signUp("intruder"), "setup_token_required");

  const form = { name: "Our town", description: "A forum" };
  await refused(founder.createSite(form), "setup_token_required");
  const { site_view } = await founder.createSite({ ...form, setup_token });
  assert.equal(site_view.site.name, "Our town");
  // Each process of the server looks at the site once a second.
  const site = await eventually(async () => {
    const seen = await founder.getSite();
    assert.equal(seen.site_view.local_site.site_setup, true);
    return seen;
  });
  assert.deepEqual(site.admins.map((each) => each.person.name), ["founder"]);
  await refused(founder.createSite({ ...form, setup_token }), "site_already_exists");
  // From here on the token is nothing: who has it is asked what everybody is asked.
  await refused(signUp("second", { setup_token }), "registration_application_answer_required");
});
