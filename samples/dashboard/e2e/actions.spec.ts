import type { Locator, Page } from '@playwright/test';
import { ask, expect, open, openMenu, openUser, rowOf, test } from './test';

const AMIR = { user_id: 'auth0|actions', name: 'Amir Aktiv', email: 'amir.aktiv@example.com' };

function toast(page: Page, text: string | RegExp): Locator {
  return page.getByRole('status').filter({ hasText: text });
}

/** Confirms the dialog with its main button. */
async function confirm(dialog: Locator, button: string): Promise<void> {
  await dialog.getByRole('button', { name: button }).click();
}

test('both mails say beforehand to whom they go, and Auth0 sends one each', async ({ page, host, seed }) => {
  await seed(AMIR);
  await open(page);
  const before = (await host.mails()).length;
  const verification = await ask(page, AMIR.name, 'Send verification email');
  await expect(verification).toContainText(`Auth0 sends an email to ${AMIR.email}. Its link verifies the address.`);
  await confirm(verification, 'Send verification email');
  await expect(toast(page, `Auth0 has accepted the verification email to ${AMIR.email}.`)).toBeVisible();
  await expect(verification).toHaveCount(0);

  const reset = await ask(page, AMIR.name, 'Send password reset');
  await expect(reset).toContainText('Until then, the old password stays valid.');
  await confirm(reset, 'Send password reset');
  await expect(toast(page, 'Auth0 has accepted the password reset for the account in Database')).toBeVisible();
  const mails = await host.mails();
  expect(mails).toHaveLength(before + 2);
  expect(mails.slice(0, 2).map(({ to, type }) => [to, type])).toEqual([
    [AMIR.email, 'password-reset'],
    [AMIR.email, 'verification'],
  ]);
});

test('a user is blocked and unblocked, in the list and in the panel', async ({ page, host, seed }) => {
  await seed(AMIR);
  await open(page);
  const panel = await openUser(page, AMIR.name);
  await panel.getByRole('button', { name: 'Block' }).click();
  const dialog = page.getByRole('dialog', { name: `Block ${AMIR.name}?` });
  await expect(dialog).toContainText('The user can no longer log in, and Auth0 ends their sessions.');
  await confirm(dialog, 'Block');
  await expect(toast(page, `${AMIR.name} is blocked. Auth0 ends their sessions shortly.`)).toBeVisible();
  await expect(panel).toContainText('By an administrator');
  await expect(rowOf(page, AMIR.name)).toContainText('Blocked');
  expect(await (await host.call('GET', `/users/${encodeURIComponent(AMIR.user_id)}`)).json()).toMatchObject({ blocked: true });

  await confirm(await ask(page, AMIR.name, 'Unblock'), 'Unblock');
  await expect(toast(page, `${AMIR.name} is unblocked and can log in again.`)).toBeVisible();
  await expect(rowOf(page, AMIR.name)).not.toContainText('Blocked');
  await expect(panel).not.toContainText('By an administrator');
});

test('signing out and resetting MFA say what was done', async ({ page, seed }) => {
  await seed(AMIR);
  await open(page);
  const signOut = await ask(page, AMIR.name, 'Sign out everywhere');
  await expect(signOut).toContainText('Access tokens stay valid until they expire');
  await confirm(signOut, 'Sign out everywhere');
  await expect(toast(page, `Auth0 has accepted the request to sign out ${AMIR.name}.`)).toBeVisible();

  const mfa = await ask(page, AMIR.name, 'Reset MFA');
  await expect(mfa).toContainText('Make sure that it is really the user who asks for it.');
  await confirm(mfa, 'Reset MFA');
  await expect(toast(page, /The second factors of Amir Aktiv are deleted: |Amir Aktiv had no second factors\./)).toBeVisible();
});

test('an action that was done in part says which part, and why', async ({ page, host, seed }) => {
  await seed(AMIR);
  await host.fail({ match: 'POST /api/v2/users/*', status: 403, body: { statusCode: 403, error: 'Forbidden', message: 'No' } });
  await open(page);
  const dialog = await ask(page, AMIR.name, 'Block');
  await confirm(dialog, 'Block');
  const report = dialog.getByRole('alert');
  await expect(report).toContainText('Done in part');
  await expect(report).toContainText(`${AMIR.name} is blocked.`);
  await expect(report).toContainText('sessions may go on');
  await expect(rowOf(page, AMIR.name)).toContainText('Blocked');
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, AMIR.name).getByRole('button')).toBeFocused();
});

test('a refusal is told with its reason, and cannot be retried', async ({ page, host, seed }) => {
  await seed(AMIR);
  await open(page);
  await page.route(`${host.functions}/users/*/sessions`, (route) =>
    route.request().method() === 'OPTIONS'
      ? route.fallback()
      : route.fulfill({
          status: 409,
          contentType: 'application/problem+json',
          headers: { 'Access-Control-Allow-Origin': '*' },
          json: {
            type: 'urn:admin-functions:problem:not-in-plan',
            title: "The tenant's plan does not include this",
            status: 409,
            detail: 'Ending sessions takes an Enterprise plan.',
            traceId: '0'.repeat(32),
          },
        }),
  );
  const dialog = await ask(page, AMIR.name, 'Sign out everywhere');
  await confirm(dialog, 'Sign out everywhere');
  await expect(dialog.getByRole('alert')).toContainText('Ending sessions takes an Enterprise plan.');
  await expect(dialog.getByRole('button', { name: 'Sign out everywhere' })).toHaveCount(0);
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeFocused();
});

test('a mail of which nobody knows whether it was sent is told so', async ({ page, host, seed }) => {
  await seed(AMIR);
  await host.fail({ match: 'POST /api/v2/jobs/verification-email', mode: 'abort' });
  await open(page);
  const dialog = await ask(page, AMIR.name, 'Send verification email');
  await confirm(dialog, 'Send verification email');
  await expect(dialog.getByRole('alert')).toContainText('The email may have been sent. If you try again, the user may get two.');
});

test('with passwords in several connections, the administrator chooses which one is reset', async ({ page, host, seed }) => {
  await seed(AMIR);
  const connections = ['Username-Password-Authentication', 'staff'];
  const identities = connections.map((connection) => ({ connection, provider: 'auth0', user_id: 'actions' }));
  await page.route(`${host.functions}/users?**`, async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { users: { user_id: string }[] };
    body.users = body.users.map((user) => (user.user_id === AMIR.user_id ? { ...user, identities } : user));
    await route.fulfill({ response, json: body });
  });
  const bodies: unknown[] = [];
  await page.route(`${host.functions}/users/*/password-reset`, (route) => {
    bodies.push(route.request().postDataJSON());
    return route.fulfill({
      status: 202,
      headers: { 'Access-Control-Allow-Origin': '*' },
      json: { email_request: 'accepted', connection: 'staff' },
    });
  });
  await open(page);
  const dialog = await ask(page, AMIR.name, 'Send password reset');
  await expect(dialog.getByRole('radio', { name: 'Database' })).toBeChecked();
  await dialog.getByRole('radio', { name: 'staff' }).check();
  await confirm(dialog, 'Send password reset');
  await expect(toast(page, 'the account in staff')).toBeVisible();
  expect(bodies).toEqual([{ connection: 'staff' }]);
});

test('actions that make no sense are not in the menu, and the panel says why', async ({ page, seed }) => {
  await seed({ ...AMIR, user_id: 'google-oauth2|actions', email_verified: true });
  await open(page);
  const menu = await openMenu(page, AMIR.name);
  await expect(menu.getByRole('menuitem')).toHaveText(
    [/Show details/, /Copy user ID/, /Sign out everywhere…/, /Reset MFA…/, /Block…/, /Delete user…/],
  );
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: AMIR.name });
  await expect(panel).toContainText('The user has no password at Auth0.');
  await expect(panel).toContainText('The address is already verified.');
  await expect(panel.getByRole('button', { name: 'Send password reset' })).toHaveCount(0);
});

test('a message about what is done is above a dialog that is opened afterwards', async ({ page, seed }) => {
  await page.addInitScript(() => {
    const raised: string[] = ((window as unknown as { raised: string[] }).raised = []);
    const { showModal } = HTMLDialogElement.prototype;
    const { showPopover } = HTMLElement.prototype;
    HTMLDialogElement.prototype.showModal = function () {
      raised.push('dialog');
      showModal.call(this);
    };
    HTMLElement.prototype.showPopover = function () {
      raised.push('toast');
      showPopover.call(this);
    };
  });
  await seed(AMIR);
  await open(page);
  await confirm(await ask(page, AMIR.name, 'Sign out everywhere'), 'Sign out everywhere');
  const message = page.locator('.toast');
  await expect(message).toContainText('sign out');
  await ask(page, AMIR.name, 'Block');
  // What is opened last is on top. A modal dialog makes everything else deaf to the pointer, so its elements cannot be asked for.
  expect(await page.evaluate(() => document.querySelector('.toast')!.matches(':popover-open'))).toBe(true);
  expect(await page.evaluate(() => (window as unknown as { raised: string[] }).raised.at(-1))).toBe('toast');
  await expect(message).toBeInViewport();
});

test('every action can be done with the keyboard alone', async ({ page, seed }) => {
  await seed(AMIR);
  await open(page);
  const opener = rowOf(page, AMIR.name).getByRole('button', { name: `Actions for ${AMIR.name}` });
  for (const [label, done] of [
    ['Send verification email', 'accepted the verification email'],
    ['Send password reset', 'accepted the password reset'],
    ['Sign out everywhere', 'accepted the request to sign out'],
    ['Reset MFA', 'second factors'],
    ['Block', 'is blocked'],
    ['Unblock', 'is unblocked'],
  ] as const) {
    await opener.focus();
    await page.keyboard.press('Enter');
    const item = page.getByRole('menuitem', { name: label });
    await expect(page.getByRole('menuitem').first()).toBeFocused();
    for (let presses = 0; presses < 12 && !(await item.evaluate((element) => element === document.activeElement)); presses++) {
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(toast(page, done)).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(opener).toBeFocused();
    // The menu offers what the user is now.
    await expect(rowOf(page, AMIR.name).getByText('Blocked')).toHaveCount(label === 'Block' ? 1 : 0);
  }
});
