import type { Page } from '@playwright/test';
import type { LocalHost } from './localHost';
import { askToDelete, confirmDeletion, count, expect, open, rowOf, rows, search, searchBox, test } from './test';

const EVA = { user_id: 'auth0|deletion', name: 'Eva Endlich', email: 'eva.endlich@example.com' };

test('a user is deleted once the address is typed, and disappears from the list and the count', async ({ page, host, seed }) => {
  await seed(EVA);
  await open(page);
  await expect(count(page)).toHaveText('1,201 users');
  const dialog = await askToDelete(page, EVA.name);
  for (const text of [EVA.email, EVA.user_id, 'Database']) await expect(dialog).toContainText(text);
  const button = dialog.getByRole('button', { name: 'Delete user' });
  const typed = dialog.getByLabel('To confirm, type');
  await expect(typed).toBeFocused();

  for (const wrong of ['', 'eva', `${EVA.email}.`, EVA.name, EVA.user_id]) {
    await typed.fill(wrong);
    await expect(button).toBeDisabled();
  }
  await typed.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText(`This does not match ${EVA.email}.`);
  expect((await (await host.call('GET', `/users?q=user_id:"${EVA.user_id}"`)).json()) as unknown[]).toHaveLength(1);

  await typed.fill(EVA.email.toUpperCase());
  await expect(button).toBeEnabled();
  await button.click();
  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, EVA.name)).toHaveCount(0);
  await expect(count(page)).toHaveText('1,200 users');
  await expect(page.getByRole('status').filter({ hasText: `${EVA.name} was deleted.` })).toBeVisible();
  expect((await (await host.call('GET', `/users?q=user_id:"${EVA.user_id}"`)).json()) as unknown[]).toHaveLength(0);
});

test('a user without an email address is confirmed by ID, whatever characters it contains', async ({ page, seed }) => {
  const user = { user_id: 'samlp|fabrikam|sales/Zoë %20 +1&?#', name: 'Zoë Zahl' };
  await seed(user);
  await open(page);
  const dialog = await askToDelete(page, user.name);
  await confirmDeletion(dialog, user.user_id);

  await expect(dialog).toHaveCount(0);
  await page.reload();
  await search(page, user.user_id);
  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();
});

/** Makes the API unable to tell what the administrator may do. Then everything is offered, and the API refuses. */
async function withoutMe(page: Page, host: LocalHost): Promise<void> {
  await page.route(`${host.functions}/me`, (route) => route.fulfill({ status: 503, headers: { 'Access-Control-Allow-Origin': '*' } }));
}

test('the message of the API explains why you cannot delete your own account', async ({ page, host }) => {
  await withoutMe(page, host);
  await open(page, { path: '/?q=ada+admin' });
  const dialog = await askToDelete(page, 'Ada Admin');
  await confirmDeletion(dialog, 'ada.admin@example.com');

  await expect(dialog.getByRole('alert')).toContainText('You cannot delete your own account');
  await expect(dialog.getByRole('button', { name: 'Delete user' })).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, 'Ada Admin')).toBeVisible();
});

test('the message of the API explains why a protected user cannot be deleted', async ({ page, host }) => {
  await withoutMe(page, host);
  await open(page, { path: '/?q=rita+reader' });
  const dialog = await askToDelete(page, 'Rita Reader');
  await confirmDeletion(dialog, 'rita.reader@example.com');

  await expect(dialog.getByRole('alert')).toContainText('The user is protected');
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeFocused();
});

test('if the API cannot tell what Rita may do, she sees in the dialog that she may not delete', async ({ page, host, seed }) => {
  await withoutMe(page, host);
  await seed(EVA);
  await open(page, { as: 'Rita Reader' });
  const dialog = await askToDelete(page, EVA.name);
  await confirmDeletion(dialog, EVA.email);

  await expect(dialog.getByRole('alert')).toContainText('delete:users');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(rowOf(page, EVA.name)).toBeVisible();
});

test('a rate-limited deletion waits as long as Auth0 asks, then succeeds', async ({ page, host, seed }) => {
  await seed(EVA);
  await page.clock.install();
  await open(page);
  const dialog = await askToDelete(page, EVA.name);
  await host.fail({ match: 'DELETE /api/v2/users/*', status: 429, headers: { 'Retry-After': '40' } });
  await confirmDeletion(dialog, EVA.email);

  await expect(dialog.getByRole('alert')).toContainText("Auth0's rate limit has been reached");
  const again = dialog.getByRole('button', { name: /^Try again in \d+ s$/ });
  await expect(again).toBeDisabled();
  await page.clock.fastForward(40_000);
  await dialog.getByRole('button', { name: 'Try again', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, EVA.name)).toHaveCount(0);
});

test('a deletion without a response is reported as uncertain and can be retried', async ({ page, host, seed }) => {
  await seed(EVA);
  await open(page);
  const dialog = await askToDelete(page, EVA.name);
  await host.fail({ match: 'DELETE /api/v2/users/*', times: null, status: 408 });
  await confirmDeletion(dialog, EVA.email);

  await expect(dialog.getByRole('alert')).toContainText('Auth0 did not respond in time');
  await expect(dialog.getByRole('alert')).toContainText('The user may already have been deleted.');
  await host.recover();
  await dialog.getByRole('button', { name: 'Try again', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(rowOf(page, EVA.name)).toHaveCount(0);
});

test('after the only result is deleted, the list is empty and the search box has the focus', async ({ page, seed }) => {
  await seed(EVA);
  await open(page, { path: '/?q=endlich' });
  await expect(rows(page)).toHaveCount(1);
  await confirmDeletion(await askToDelete(page, EVA.name), EVA.email);

  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();
  await expect(searchBox(page)).toBeFocused();
});
