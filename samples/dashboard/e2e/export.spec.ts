import { readFile } from 'node:fs/promises';
import { count, expect, open, rows, searchBox, test } from './test';

const LIST = 'GET /api/v2/users';

test('all users are exported, including those after the first thousand, and the progress is shown', async ({ page, host }) => {
  await open(page);
  await expect(count(page)).toHaveText('1,200 users');
  await host.fail({ match: LIST, times: null, delayMs: 200 });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export CSV' }).click(),
    expect(page.getByText(/^Exporting… [1-9][\d,]* users$/)).toBeVisible(),
  ]);

  expect(download.suggestedFilename()).toMatch(/^users-\d{4}-\d\d-\d\d\.csv$/);
  const [header, ...users] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(header).toMatch(/^\uFEFF?user_id,email,/);
  expect(users).toHaveLength(1200);
  expect(new Set(users.map((line) => line.split(',')[0])).size).toBe(1200);
  await expect(page.getByRole('status').filter({ hasText: '1,200 users exported.' })).toBeVisible();
});

test('the file is identical to the CSV export of the API', async ({ page, host, seed }) => {
  await seed(
    { user_id: 'auth0|table1', name: 'Ann;=1+1;x', nickname: 'two\nlines', phone_number: '+15551234567' },
    { user_id: 'oauth2|table2;-1', name: '"=1"', email: 'zoë@example.com' },
  );
  await open(page);
  await expect(count(page)).toHaveText('1,202 users');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export CSV' }).click()]);

  const table = await host.call('GET', '/users/export?format=csv&bom=true');
  expect(await readFile(await download.path())).toEqual(Buffer.from(await table.arrayBuffer()));
});

test('only the results of the search are exported', async ({ page, seed }) => {
  await seed({ user_id: 'auth0|export', name: '=cmd|" /C calc"!A0', email: 'formula@example.com' });
  await open(page, { path: '/?q=formula%40example.com' });
  await expect(rows(page)).toHaveCount(1);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export CSV' }).click()]);

  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(2);
  // The formula is neutralized.
  expect(lines[1]).toContain(`,"'=cmd|"" /C calc""!A0",`);
});

test('a canceled export stops and saves no file', async ({ page, host }) => {
  await open(page);
  await expect(rows(page)).toHaveCount(50);
  let downloads = 0;
  page.on('download', () => downloads++);
  await host.fail({ match: LIST, times: null, delayMs: 500 });
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await expect(page.getByText(/^Exporting… [1-9][\d,]* users$/)).toBeVisible();

  const aborted = page.waitForEvent('requestfailed', (request) => request.url().includes('/users/export'));
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect((await aborted).failure()?.errorText).toBe('net::ERR_ABORTED');
  await expect(page.getByRole('button', { name: 'Export CSV' })).toBeFocused();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await host.recover();
  await searchBox(page).fill('ada admin');
  await expect(rows(page)).toHaveCount(1);
  expect(downloads).toBe(0);
});

test('an export that fails midway shows the message of the API and saves no file', async ({ page, host }) => {
  await open(page);
  await expect(rows(page)).toHaveCount(50);
  let downloads = 0;
  page.on('download', () => downloads++);
  const forbidden = { statusCode: 403, error: 'Forbidden', message: 'The grant is gone' };
  await host.fail({ match: LIST, times: 6 }, { match: LIST, times: null, status: 403, body: forbidden });
  await page.getByRole('button', { name: 'Export CSV' }).click();

  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Auth0 returned an error');
  await expect(alert).toContainText('The grant is gone');
  await expect(alert).toContainText('No file was saved.');
  expect(downloads).toBe(0);

  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await expect(alert).toHaveCount(0);
});
