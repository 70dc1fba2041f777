import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, open, rows, test } from './test';

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

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  }
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
  await expect(page.getByText('Unticked: 1')).toBeVisible();
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

test('who has changed since the preview is left alone, and the page says why', async ({ page, host, seed }) => {
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

test('a failure pauses the run, which goes on when it is told to', async ({ page, host, seed }) => {
  await seed(...PEOPLE);
  await openCleanUp(page);
  await preview(page, 'Delete');
  await host.fail({ match: 'GET /api/v2/users/*', times: null, status: 403 });
  await page.getByLabel('To confirm, type the number of users').fill('12');
  await page.getByRole('button', { name: 'Delete 12 users' }).click();

  await expect(page.getByText(/^Failed: \d/)).toBeVisible();
  await host.recover();
  const resume = page.getByRole('button', { name: 'Resume' });
  if (await resume.isVisible()) await resume.click();
  await expect(page.getByRole('heading', { name: 'Done' })).toBeVisible();
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
