import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { count, expect, names, open, rowOf, rows, searchBox, test } from './test';

const USERS = [
  { user_id: 'auth0|filter-1', name: 'Fina Filter', email: 'fina@example.com', connection: 'staff', blocked: true, email_verified: true },
  {
    user_id: 'auth0|filter-2',
    name: 'Fred Filter',
    email: 'fred@example.com',
    connection: 'staff',
    last_login: '2024-05-16T12:00:00Z',
    created_at: '2024-02-29T23:30:00Z',
  },
  {
    user_id: 'auth0|filter-3',
    name: 'Fiona Filter',
    email: 'fiona@example.com',
    connection: 'staff',
    email_verified: true,
    last_login: '2024-05-17T00:00:00Z',
    created_at: '2024-03-01T00:00:00Z',
  },
];

const opener = (page: Page) => page.getByRole('button', { name: /^Filter/ });

async function filter(page: Page, set: (filters: ReturnType<Page['getByRole']>) => Promise<void>): Promise<void> {
  await opener(page).click();
  const filters = page.getByRole('group', { name: 'Filters' });
  await set(filters);
  await filters.getByRole('button', { name: 'Done' }).click();
  await expect(filters).toHaveCount(0);
  await expect(opener(page)).toBeFocused();
}

const chips = (page: Page) => page.getByRole('list', { name: 'Filters in use' }).getByRole('button', { name: /^Remove filter: / });

test('filters combine with each other and with the search, show as chips and stand in the URL', async ({ page, seed }) => {
  await seed(...USERS);
  await open(page);
  await filter(page, async (filters) => {
    await filters.getByLabel('Connection').fill('staff');
    await filters.getByLabel('Connection').press('Enter');
    await filters.getByLabel('Blocked').check();
  });
  await expect(chips(page)).toHaveText(['Connection: staff', 'Blocked']);
  await expect(page).toHaveURL('/?blocked=true&connection=staff');
  await expect(count(page)).toHaveText('1 user found');
  await expect(rowOf(page, 'Fina Filter')).toBeVisible();

  await page.reload();
  await expect(count(page)).toHaveText('1 user found');
  await page.getByRole('button', { name: 'Remove filter: Blocked' }).click();
  await expect(count(page)).toHaveText('3 users found');
  await searchBox(page).fill('fio');
  await expect(rows(page)).toHaveCount(1);
  expect(await names(page)).toEqual(['Fiona Filter']);
  await page.goBack();
  await expect(chips(page)).toHaveText(['Connection: staff', 'Blocked']);
});

test('users who have not logged in since a day are found with or without those who never did', async ({ page, seed }) => {
  await seed(...USERS);
  await open(page, { path: '/?q=filter&connection=staff' });
  await filter(page, (filters) => filters.getByLabel('Not logged in since').fill('2024-05-17'));
  await expect(chips(page).nth(1)).toHaveText('Not logged in since May 17, 2024, but before');
  await expect(rows(page)).toHaveCount(1);
  expect(await names(page)).toEqual(['Fred Filter']);

  await filter(page, (filters) => filters.getByLabel('Include users who never logged in').check());
  await expect(rows(page)).toHaveCount(2);
  expect((await names(page)).toSorted()).toEqual(['Fina Filter', 'Fred Filter']);
  await expect(page).toHaveURL('/?q=filter&never=1&connection=staff&not_since=2024-05-17');

  await page.goto('/?connection=staff&never=1');
  await expect(chips(page)).toHaveText(['Connection: staff', 'Never logged in']);
  await expect(rows(page)).toHaveCount(1);
});

test('users created in a period and users with an unverified address are found, and the export has the same', async ({ page, seed }) => {
  await seed(...USERS);
  await open(page, { path: '/?connection=staff' });
  await filter(page, async (filters) => {
    await filters.getByLabel('From').fill('2024-02-01');
    await filters.getByLabel('To', { exact: true }).fill('2024-03-01');
  });
  await expect(rows(page)).toHaveCount(2);
  await filter(page, (filters) => filters.getByLabel('Email not verified').check());
  await expect(rows(page)).toHaveCount(1);
  await expect(chips(page)).toHaveText(['Connection: staff', 'Email not verified', 'Created Feb 1, 2024 – Mar 1, 2024']);

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export CSV' }).click()]);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines.map((line) => line.split(',')[1])).toEqual(['email', 'fred@example.com']);

  await page.getByRole('button', { name: 'Remove all filters' }).click();
  await expect(count(page)).toHaveText('1,203 users');
});

test('filters hold for a query with OR too, and nothing found offers to remove them', async ({ page, seed }) => {
  await seed(...USERS);
  await open(page, { path: `/?raw=1&connection=staff&q=${encodeURIComponent('name:fred* OR name:ann*')}` });
  await expect(rows(page)).toHaveCount(1);
  await page.goto('/?connection=nothing');
  await expect(page.getByText('No user matches the filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Remove filters' }).click();
  await expect(count(page)).toHaveText('1,203 users');
});

test('an example of the query syntax can be clicked', async ({ page }) => {
  await open(page);
  await page.getByRole('checkbox', { name: 'Query syntax' }).check();
  await page.getByRole('button', { name: 'logins_count:[100 TO *]' }).click();
  await expect(searchBox(page)).toHaveValue('logins_count:[100 TO *]');
  await expect(count(page)).toContainText('found');
});

test('the filters can be used with the keyboard alone', async ({ page }) => {
  await open(page);
  await opener(page).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Blocked')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(count(page)).toContainText('found');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('group', { name: 'Filters' })).toHaveCount(0);
  await expect(opener(page)).toBeFocused();
  await expect(opener(page)).toContainText('1');
});
