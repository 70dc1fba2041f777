import type { Page } from '@playwright/test';
import { expect, logIn, open, openUser, rowOf, rows, search, test } from './test';

const ULLA = {
  user_id: 'auth0|user-1',
  name: 'Ulla Unterwegs',
  email: 'ulla.unterwegs@example.com',
  email_verified: true,
  phone_number: '+15550100',
  last_ip: '203.0.113.7',
  last_login: '2026-01-02T03:04:05Z',
  logins_count: 1234,
};

/** The URL of a user beside the list. */
const urlOf = (id: string) => `/?user=${encodeURIComponent(id)}`;

async function hasFocus(page: Page, name: string): Promise<void> {
  await expect(rowOf(page, name).getByRole('link', { name })).toBeFocused();
}

test('a row opens the user beside the list, with everything that is known', async ({ page, context, seed }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await seed(ULLA);
  await open(page);
  const panel = await openUser(page, ULLA.name);

  await expect(page).toHaveURL(urlOf(ULLA.user_id));
  await expect(panel).toBeFocused();
  for (const text of [ULLA.email, ULLA.user_id, 'Database', '+15550100', '203.0.113.7', '1,234', 'Jan 2, 2026']) {
    await expect(panel).toContainText(text);
  }
  await panel.getByRole('button', { name: 'Copy user ID' }).click();
  await expect(panel.getByRole('button', { name: 'user ID copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(ULLA.user_id);
  // The list stays usable.
  await expect(rows(page)).toHaveCount(50);
  await expect(rowOf(page, ULLA.name).getByRole('link')).toHaveAttribute('aria-current', 'true');
});

test('a click anywhere in a row opens the user, and another row replaces them', async ({ page, seed }) => {
  await seed(ULLA, { user_id: 'auth0|user-2', name: 'Udo Unten' });
  await open(page);
  await rowOf(page, ULLA.name).getByText('Database').click();
  await expect(page.getByRole('region', { name: ULLA.name })).toBeVisible();
  await rowOf(page, 'Udo Unten').getByText('Never').click();
  await expect(page.getByRole('region', { name: 'Udo Unten' })).toBeVisible();
  await expect(page.getByRole('region', { name: ULLA.name })).toHaveCount(0);

  // One step back closes both.
  await page.goBack();
  await expect(page.getByRole('region', { name: 'Udo Unten' })).toHaveCount(0);
  await expect(page).toHaveURL('/');
  await hasFocus(page, 'Udo Unten');
});

for (const [way, close] of [
  ['Escape', (page: Page) => page.keyboard.press('Escape')],
  ['the button', (page: Page) => page.getByRole('button', { name: 'Close' }).click()],
  ['going back', (page: Page) => page.goBack()],
] as const) {
  test(`${way} closes the user and returns the focus to the row`, async ({ page, seed }) => {
    await seed(ULLA);
    await open(page);
    const panel = await openUser(page, ULLA.name);
    await close(page);
    await expect(panel).toHaveCount(0);
    await hasFocus(page, ULLA.name);
    await expect(page).toHaveURL('/');
    await page.goForward();
    await expect(panel).toBeVisible();
  });
}

test('a link to a user works after a reload, and with a sign-in in between', async ({ page, seed }) => {
  await seed({ ...ULLA, user_id: 'samlp|user|sales/Ulla %20 +1&?#' });
  await page.goto(`/?q=unterwegs&user=${encodeURIComponent('samlp|user|sales/Ulla %20 +1&?#')}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await logIn(page);
  const panel = page.getByRole('region', { name: ULLA.name });
  await expect(panel).toContainText(ULLA.email);
  await expect(rows(page)).toHaveCount(1);
  await page.reload();
  await expect(panel).toContainText(ULLA.email);

  // There is no list to go back to, so closing stays on the page.
  await panel.getByRole('button', { name: 'Close' }).click();
  await expect(panel).toHaveCount(0);
  await expect(page).toHaveURL('/?q=unterwegs');
});

test('on a phone, the user is a page, and the list returns to where it was', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await open(page);
  const row = rows(page).nth(30);
  const link = row.getByRole('link');
  await link.scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => scrollY);
  expect(scrolled).toBeGreaterThan(500);
  await link.click();

  const panel = page.getByRole('region').filter({ has: page.getByRole('heading', { name: 'Actions' }) }).first();
  await expect(panel).toBeVisible();
  await expect(page.getByRole('table')).toBeHidden();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.getByRole('button', { name: 'Users', exact: true }).click();
  await expect(link).toBeFocused();
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(scrolled);
});

test('what the list shows is checked by ID when the user is opened', async ({ page, host, seed }) => {
  await seed(ULLA);
  await open(page);
  await expect(rowOf(page, ULLA.name)).toBeVisible();
  expect((await host.call('PUT', `/users/${encodeURIComponent(ULLA.user_id)}/block`)).status).toBe(200);
  await expect(rowOf(page, ULLA.name)).not.toContainText('Blocked');

  const panel = await openUser(page, ULLA.name);
  await expect(panel).toContainText('By an administrator');
  await expect(rowOf(page, ULLA.name)).toContainText('Blocked');
});

test('a user who has been deleted in the meantime is reported, and leaves the list', async ({ page, host, seed }) => {
  await seed(ULLA);
  await open(page);
  await expect(rowOf(page, ULLA.name)).toBeVisible();
  expect((await host.call('DELETE', `/users/${encodeURIComponent(ULLA.user_id)}`)).status).toBe(204);
  await rowOf(page, ULLA.name).getByRole('link').click();

  await expect(page.getByRole('heading', { name: 'This user does not exist' })).toBeVisible();
  await expect(rowOf(page, ULLA.name)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'This user does not exist' })).toHaveCount(0);
});

test('if a user cannot be read, the page says so and can try again', async ({ page, host, seed }) => {
  await seed(ULLA);
  await host.fail({ match: 'GET /api/v2/users/*', status: 403, body: { statusCode: 403, error: 'Forbidden', message: 'No scope' }, times: null });
  await open(page);
  const panel = await openUser(page, ULLA.name);
  // The log, which is loaded at the same time, says that it has failed too.
  const alert = panel.getByRole('alert').filter({ hasText: 'may be old' });
  await expect(alert).toBeVisible();
  await host.recover();
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toHaveCount(0);

  await host.fail({ match: 'GET /api/v2/users/*', status: 403, body: { statusCode: 403, error: 'Forbidden', message: 'No scope' } });
  await page.goto(`/?q=nobody&user=${encodeURIComponent(ULLA.user_id)}`);
  await expect(page.getByRole('region').getByRole('heading', { name: 'Auth0 returned an error' })).toBeVisible();
});

test('the log tells in words what has happened, newest first', async ({ page, host, seed }) => {
  await seed(ULLA);
  await host.signIn(ULLA.user_id, 'right');
  await host.signIn(ULLA.user_id, 'wrong');
  await open(page);
  const panel = await openUser(page, ULLA.name);
  const events = panel.getByRole('region', { name: 'Log' }).getByRole('listitem');
  await expect(events.first()).toContainText('Failed login: wrong password');
  await expect(events.nth(1)).toContainText('Successful login');
  await expect(events.first().getByRole('time')).toHaveAttribute('title', /^[A-Z][a-z]+day, .*20\d\d/);

  const before = await events.count();
  await panel.getByRole('button', { name: 'Block' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await expect(events).not.toHaveCount(before);
});

test('a long log is shown page by page, and a log that cannot be read does not hide the user', async ({ page, host, seed }) => {
  await seed(ULLA);
  for (let count = 0; count < 24; count++) await host.signIn(ULLA.user_id, 'right');
  const title = 'Auth0 returned an error';
  const failure = { type: 'urn:admin-functions:problem:tenant-refused', title, status: 502, detail: 'No scope', traceId: '0'.repeat(32) };
  const headers = { 'Access-Control-Allow-Origin': '*' };
  await page.route(`${host.functions}/users/*/log?**`, (route) => route.fulfill({ status: 502, headers, json: failure }), { times: 1 });
  await open(page);
  const panel = await openUser(page, ULLA.name);
  const log = panel.getByRole('region', { name: 'Log' });
  await expect(log.getByRole('alert')).toContainText('No scope');
  await expect(panel).toContainText(ULLA.email);
  await log.getByRole('button', { name: 'Try again' }).click();
  await expect(log.getByRole('listitem')).toHaveCount(20);
  await log.getByRole('button', { name: 'Show older events' }).click();
  await expect(log.getByRole('listitem').nth(23)).toBeVisible();
  await expect(log.getByRole('button', { name: 'Show older events' })).toHaveCount(0);
});

test('the blocks after failed logins are shown, and unblocking removes them', async ({ page, host, seed }) => {
  await seed(ULLA);
  for (let count = 0; count < 10; count++) await host.signIn(ULLA.user_id, 'wrong');
  await open(page);
  await search(page, 'unterwegs');
  const panel = await openUser(page, ULLA.name);
  await expect(panel).toContainText('After too many failed logins');
  await expect(panel).toContainText('Login blocked');
  await panel.getByRole('button', { name: 'Unblock' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unblock' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(panel).not.toContainText('After too many failed logins');
  await expect(panel.getByRole('button', { name: 'Unblock' })).toHaveCount(0);
});
