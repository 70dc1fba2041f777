import { readFile } from 'node:fs/promises';
import type { UserPage } from '../src/api/client';
import { count, expect, names, open, rowOf, rows, search, searchBox, test } from './test';

test('the list shows the users, their number and the current range', async ({ page, seed }) => {
  await seed({
    user_id: 'auth0|list-1',
    name: 'Xenia Xylander',
    email: 'xenia.xylander@example.com',
    email_verified: true,
    last_login: new Date(Date.now() - 3 * 86_400_000).toISOString(),
    logins_count: 1234,
    blocked: true,
  });
  await open(page);

  await expect(count(page)).toHaveText('1,201 users');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('1–50 of 1,201');
  await expect(rows(page)).toHaveCount(50);
  const row = rowOf(page, 'Xenia Xylander');
  for (const text of ['XX', 'Blocked', 'xenia.xylander@example.com', 'verified', 'Database', '3 days ago', '1,234']) {
    await expect(row).toContainText(text);
  }
  await expect(row.getByText('3 days ago')).toHaveAttribute('title', /^[A-Z][a-z]+day, .*20\d\d/);
});

test('plain words match the beginning of names and email addresses', async ({ page }) => {
  await open(page);
  await searchBox(page).pressSequentially('smi ann', { delay: 20 });

  await expect(count(page)).toContainText('found');
  for (const name of await names(page)) expect(name).toMatch(/^Ann\w* Smi/);
  expect(await names(page)).toContain('Ann Smith');
  await expect(page).toHaveURL('/?q=smi+ann');
  await expect(page).toHaveTitle('smi ann – Users');

  await searchBox(page).fill('ann.smith@example.com');
  await expect(rows(page)).toHaveCount(1);
  await expect(rowOf(page, 'Ann Smith')).toBeVisible();

  await searchBox(page).fill('contoso|ann.smith@example.com');
  await expect(page.getByText('No users found').first()).toBeVisible();
  await searchBox(page).fill('samlp|contoso|ann.smith@example.com');
  await expect(rows(page)).toHaveCount(1);
});

test('query syntax in plain words is taken literally', async ({ page }) => {
  await open(page);
  for (const words of ['name:* OR', 'smith"', '\\', '(((', 'a AND NOT b', '[1 TO', '🦊🦊🦊', "O'Brien*?"]) {
    await search(page, words);
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(page.getByRole('status').filter({ hasText: /found/ })).toBeAttached();
  }
});

test('a search without results shows its text and can be cleared', async ({ page }) => {
  await open(page);
  await searchBox(page).fill('nobody at all');

  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();
  await expect(page.getByText('No user matches')).toContainText('nobody at all');

  await page.getByRole('button', { name: 'Clear search' }).click();
  await expect(rows(page)).toHaveCount(50);
  await expect(searchBox(page)).toBeFocused();
  await expect(searchBox(page)).toHaveValue('');
  await expect(page).toHaveURL('/');
});

test("a query is sent unchanged, and Auth0's message about an invalid one is below the search box", async ({ page }) => {
  await open(page);
  await page.getByRole('checkbox', { name: 'Query syntax' }).check();
  await searchBox(page).fill('email.domain:"example.org" AND logins_count:[100 TO *]');

  await expect(count(page)).toContainText('found');
  for (const row of await rows(page).all()) await expect(row).toContainText('@example.org');
  const before = await names(page);

  await searchBox(page).fill('logins_count:[100 TO');
  const refusal = page.getByRole('alert');
  await expect(refusal).toContainText('The query ends too early.');
  await expect(searchBox(page)).toHaveAccessibleDescription('The query ends too early.');
  await expect(searchBox(page)).toHaveAttribute('aria-invalid', 'true');
  expect(await names(page)).toEqual(before);

  await page.reload();
  await expect(page.getByRole('heading', { name: 'Invalid search' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear search' }).click();
  await expect(rows(page)).toHaveCount(50);
});

test('clicking a column sorts by it, clicking again reverses the order, and going back undoes both', async ({ page }) => {
  await open(page, { path: '/?q=weber' });
  const header = page.getByRole('columnheader', { name: 'Name' });
  // The tenant sorts by code units, ignoring case.
  const byName = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
  await expect(rows(page).first()).toBeVisible();
  const first = await names(page);

  await header.getByRole('button').click();
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  await expect(page).toHaveURL('/?q=weber&sort=name%3A1');
  const ascending = await names(page);
  expect(ascending).toEqual(ascending.toSorted(byName));

  await header.getByRole('button').click();
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  const descending = await names(page);
  expect(descending).toEqual(descending.toSorted(byName).toReversed());
  expect(new Set(descending)).toEqual(new Set(ascending));

  await page.goBack();
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  expect(await names(page)).toEqual(ascending);
  await page.goBack();
  await expect(header).not.toHaveAttribute('aria-sort');
  expect(await names(page)).toEqual(first);
  await page.goForward();
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  expect(await names(page)).toEqual(ascending);
});

test('you can page through the results up to the limit of Auth0, with a page size of your choice', async ({ page }) => {
  await open(page);
  const pages = page.getByRole('navigation', { name: 'Pages' });
  const next = pages.getByRole('button', { name: 'Next page' });
  const previous = pages.getByRole('button', { name: 'Previous page' });
  await expect(previous).toBeDisabled();
  const first = await names(page);

  await next.click();
  await expect(pages).toContainText('51–100 of 1,200');
  await expect(page).toHaveURL('/?page=1');
  expect(first).not.toEqual(await names(page));

  await page.getByLabel('Per page').selectOption('100');
  await expect(pages).toContainText('1–100 of 1,200');
  await expect(rows(page)).toHaveCount(100);
  await expect(page).toHaveURL('/?per_page=100');

  await page.goto('/?page=9&per_page=100');
  await expect(pages).toContainText('901–1,000 of 1,200');
  await expect(next).toBeDisabled();
  await expect(page.getByText('Auth0 lists only the first 1,000 results.')).toBeVisible();

  await page.goBack();
  await expect(pages).toContainText('1–100 of 1,200');
});

test('where Auth0 may have stopped counting, the page says that there may be more and exports all', async ({ page, host }) => {
  const list = await host.call('GET', '/users?include_totals=true');
  const body = { ...((await list.json()) as UserPage), total: 1000 };
  await host.fail({ match: 'GET /api/v2/users', times: 1, status: 200, headers: { 'Content-Type': 'application/json' }, body });
  await open(page);

  await expect(count(page)).toHaveText('1,000 or more users');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('1–50 of 1,000 or more');
  await expect(page.getByText('so there may be more')).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'export all results' }).click(),
  ]);
  expect((await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')).toHaveLength(1201);
});

test('a late response never replaces a later one', async ({ page, host }) => {
  await open(page);
  await expect(rows(page)).toHaveCount(50);
  await host.fail({ match: 'GET /api/v2/users', times: 1, delayMs: 2000 });

  const slow = page.waitForRequest((request) => request.url().includes('weber'));
  await searchBox(page).fill('weber');
  const request = await slow;
  const aborted = page.waitForEvent('requestfailed', (failed) => failed === request);
  await searchBox(page).fill('ada admin');

  expect((await aborted).failure()?.errorText).toBe('net::ERR_ABORTED');
  await expect(rows(page)).toHaveCount(1);
  await expect(rowOf(page, 'Ada Admin')).toBeVisible();
});

test('while the next page loads, the current one stays and is marked as busy', async ({ page, host }) => {
  await open(page);
  const table = page.getByRole('table', { name: 'Users' });
  await expect(rows(page)).toHaveCount(50);
  await host.fail({ match: 'GET /api/v2/users', times: 1, delayMs: 1000 });
  await page.getByRole('button', { name: 'Next page' }).click();

  await expect(table).toHaveAttribute('aria-busy', 'true');
  await expect(rows(page)).toHaveCount(50);
  await expect(table).toHaveAttribute('aria-busy', 'false');
});
