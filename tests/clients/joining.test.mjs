// The long way in: a captcha, an application, a proof of the mail address; and a lost password.
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, eventually, refused, signIn, signUp, stranger } from "./forum.mjs";

const ADDRESS = "lark@meadow.example";
const NEW_PASSWORD = "early worm gets up";

// What a person sees or gets by mail, see tests/support/post_office.py.
async function ask(path) {
  const answer = await fetch(`${process.env.POST_OFFICE}${path}`);
  assert.equal(answer.status, 200, path);
  return answer.text();
}

const mailedToken = (kind) =>
  eventually(async () => {
    const found = (await ask(`/mail?to=${ADDRESS}`)).match(new RegExp(`/${kind}/([\\w-]+)`));
    assert.ok(found);
    return found[1];
  });

test("who joins passes captcha, application and proof of address", async () => {
  const boss = await admin();
  await boss.editSite({
    registration_mode: "RequireApplication",
    require_email_verification: true,
    captcha_enabled: true,
    captcha_difficulty: "hard",
  });
  const { ok } = await eventually(async () => {
    const shown = await stranger().getCaptcha();
    assert.ok(shown.ok);
    return shown;
  });
  // Each process looks at the settings once a second.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const form = { answer: "I sing.", email: ADDRESS };
  await refused(signUp("lark", { answer: "I sing." }), "email_required");
  await refused(signUp("lark", form), "captcha_incorrect");
  const captcha = { captcha_uuid: ok.uuid, captcha_answer: await ask(`/captcha?uuid=${ok.uuid}`) };
  const joined = await signUp("lark", { ...form, ...captcha });
  assert.deepEqual([joined.jwt, joined.registration_created, joined.verify_email_sent],
    [undefined, true, true]);
  await refused(signUp("lark2", { ...form, ...captcha }), "captcha_incorrect");

  await refused(signIn("lark"), "email_not_verified");
  const token = await mailedToken("verify_email");
  await refused(stranger().verifyEmail({ token: "guessed" }), "token_not_found");
  assert.equal((await stranger().verifyEmail({ token })).success, true);
  await refused(signIn("lark"), "registration_application_is_pending");
  const { registration_applications } = await boss.listRegistrationApplications({
    unread_only: true,
  });
  const { registration_application, creator_local_user } = registration_applications[0];
  assert.equal(creator_local_user.email, ADDRESS);
  await boss.approveRegistrationApplication({ id: registration_application.id, approve: true });
  const lark = await signIn("lark");
  assert.equal((await lark.getSite()).my_user.local_user_view.local_user.email_verified, true);
});

test("a lost password is set anew by mail, once, and ends all sessions", async () => {
  const lark = await signIn(ADDRESS);
  // The same answer for everybody: nobody learns who has an account.
  await stranger().passwordReset({ email: "nobody@meadow.example" });
  await stranger().passwordReset({ email: ADDRESS });
  const token = await mailedToken("password_change");
  const form = { token, password: NEW_PASSWORD, password_verify: NEW_PASSWORD };
  await refused(
    stranger().passwordChangeAfterReset({ ...form, password_verify: "other words here" }),
    "passwords_do_not_match",
  );
  await stranger().passwordChangeAfterReset(form);
  await refused(stranger().passwordChangeAfterReset(form), "token_not_found");
  await refused(lark.validateAuth(), "incorrect_login");
  await refused(signIn("lark"), "incorrect_login");
  await signIn("lark", NEW_PASSWORD);
});
