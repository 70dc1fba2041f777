import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, open, rows, test } from './test';

const PEOPLE = Array.from({ length: 12 }, (_, i) => ({
  user_id: `auth0|cleanup${i}`,
  name: `Cleanup Person ${String.fromCharCode(65 + i)}`,
  email: `cleanup${i}@example.com`,
}));

async function openCleanUp(page: Page, path = '/?q=cleanup'): Promise<void> {
  await open(page, { path });
  await expect(rows(page)).toHaveCount(12);
  await page.getByRole('button', { name: 'Clean up…' }).click();
  await expect(page.getByRole('heading', { name: 'Clean up', exact: true })).toBeVisible();
}

async function preview(page: Page, action: 'Block' | 'Delete'): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(`^${action} them`) }).check();
  await page.getByRole('textbox', { name: 'Reason, for the audit trail' }).fill('Unused accounts');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByRole('heading', { name: `12 users to ${action.toLowerCase()}` })).toBeVisible();
}

test('exactly the users of the preview are deleted, but for those who are unticked', async ({ page, host, seed }) => {
  await seed(...PEOPLE);
  await openCleanUp(page);
  await expectAccessible(page);
  await preview(page, 'Delete');
  await expectAccessible(page);
  await page.getByRole('checkbox', { name: /Cleanup Person C/ }).uncheck();
  const run = page.getByRole('button', { name: 'Delete 11 users' });
  await expect(run).toHaveAttribute('aria-disabled', 'true');
  await page.getByLabel('To confirm, type the number of users').fill('12');
  await run.click();

  await expect(page.getByRole('heading', { name: 'Done' })).toBeVisible();
  await expect(page.getByText('Deleted: 11')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Unticked: 1 user' })).toBeVisible();
  await expectAccessible(page);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save a summary as CSV' }).click()]);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(13);
  expect(lines.filter((line) => line.includes(',deleted,'))).toHaveLength(11);
  expect((await host.call('GET', '/users/auth0%7Ccleanup2')).status).toBe(200);
  expect((await host.call('GET', '/users/auth0%7Ccleanup3')).status).toBe(404);
  await page.getByRole('main').getByRole('button', { name: 'Back to the users' }).last().click();
  await expect(rows(page)).toHaveCount(1);
});

test('a user who has changed since the preview is left alone, and the page says why', async ({ page, host, seed }) => {
  await seed(...PEOPLE);
  await openCleanUp(page);
  await preview(page, 'Block');
  await seed({ ...PEOPLE[0]!, name: 'Somebody Else' });
  await page.getByLabel('To confirm, type the number of users').fill('12');
  await page.getByRole('button', { name: 'Block 12 users' }).click();

  await expect(page.getByText('Blocked: 11')).toBeVisible();
  await expect(page.getByText(/^Left alone: .*has another name, address or account/)).toBeVisible();
  expect(((await (await host.call('GET', '/users/auth0%7Ccleanup0')).json()) as { blocked?: boolean }).blocked ?? false).toBe(false);
});

test('users who fail do not hold up the others, are listed with the reason, and can be tried again', async ({ page, host, seed }) => {
  await seed(...PEOPLE);
  await openCleanUp(page);
  await preview(page, 'Delete');
  // Six of them, in the order of the batch, so that a call ends after five failures in a row.
  const failing = Array.from({ length: 6 }, (_, i) => `GET /api/v2/users/auth0%7Ccleanup${i}`);
  await host.fail(...failing.map((match) => ({ match, times: null, status: 403, body: { statusCode: 403, message: 'Insufficient scope' } })));
  await page.getByLabel('To confirm, type the number of users').fill('12');
  await page.getByRole('button', { name: 'Delete 12 users' }).click();

  const end = page.getByRole('heading', { name: 'Done, but 6 users failed' });
  const resume = page.getByRole('button', { name: 'Resume' });
  await expect(end.or(resume)).toBeVisible();
  if (await resume.isVisible()) {
    await expect(page.getByRole('alert')).toContainText('Insufficient scope');
    await resume.click();
  }
  await expect(end).toBeFocused();
  await expect(page.getByText('Deleted: 6')).toBeVisible();
  const failed = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Failed: 6 users' }) }).last();
  await expect(failed).toContainText('Insufficient scope');
  await expect(failed.getByRole('listitem')).toHaveText(PEOPLE.slice(0, 6).map(({ name }) => name));
  await expectAccessible(page);

  await host.recover();
  await page.getByRole('button', { name: 'Try failed users again' }).click();
  await expect(page.getByRole('heading', { name: 'Done', exact: true })).toBeVisible();
  await expect(page.getByText('Deleted: 12')).toBeVisible();
});

test('a run is not left by accident, and the page can be reloaded and left before it', async ({ page, host, seed }) => {
  await seed(...PEOPLE);
  await openCleanUp(page);
  await expect(page).toHaveURL('/?q=cleanup&clean-up');
  await page.goBack();
  await expect(rows(page)).toHaveCount(12);
  await page.goForward();
  await page.reload();
  await expect(page.getByText('Users found by: cleanup')).toBeVisible();
  await preview(page, 'Block');

  await host.fail({ match: 'GET /api/v2/users/*', times: null, delayMs: 2000 });
  await page.getByLabel('To confirm, type the number of users').fill('12');
  await page.getByRole('button', { name: 'Block 12 users' }).click();
  await expect(page.getByRole('heading', { name: 'Blocking 12 users…' })).toBeVisible();
  await page.goBack();
  await expect(page.getByText('The clean-up is running. Pause it and stop it before you leave.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Blocking 12 users…' })).toBeVisible();
  await expect(page).toHaveURL('/?q=cleanup&clean-up');

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('heading', { name: 'Paused' })).toBeFocused();
  await page.getByRole('button', { name: 'Stop here' }).click();
  await expect(page.getByRole('heading', { name: 'Stopped' })).toBeFocused();
  await page.goBack();
  await expect(rows(page)).toHaveCount(12);
});

test('an administrator who may only delete is offered only that', async ({ page, seed }) => {
  await seed(...PEOPLE);
  await open(page, { as: 'Dora Deleter', path: '/?q=cleanup&clean-up' });
  await expect(page.getByRole('radio')).toHaveCount(1);
  await expect(page.getByRole('radio', { name: /^Delete them/ })).toBeChecked();
  await preview(page, 'Delete');
});

test('an administrator who may do neither is told which permissions are missing', async ({ page }) => {
  await open(page, { as: 'Rita Reader', path: '/?q=cleanup&clean-up' });
  await expect(page.getByText('You may neither block nor delete users.')).toContainText('update:users or delete:users');
  await expect(page.getByRole('button', { name: 'Preview' })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Back to the users' }).click();
  await expect(page.getByRole('searchbox')).toHaveValue('cleanup');
});

test('the preview fits a phone and works with the keyboard alone', async ({ page, seed }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await seed(...PEOPLE);
  await open(page, { path: '/?q=cleanup' });
  await page.getByRole('button', { name: 'Clean up…' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Clean up', exact: true })).toBeVisible();
  await page.getByRole('radio', { name: /^Block them/ }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Unused');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '12 users to block' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.getByLabel('To confirm, type the number of users').focus();
  await page.keyboard.type('12');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Blocked: 12')).toBeVisible();
});

test('a reader is not offered to clean up', async ({ page, seed }) => {
  await seed(...PEOPLE);
  await open(page, { as: 'Rita Reader', path: '/?q=cleanup' });
  await expect(rows(page)).toHaveCount(12);
  await expect(page.getByRole('button', { name: 'Clean up…' })).toHaveCount(0);
});
