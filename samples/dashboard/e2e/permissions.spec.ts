import { expect, expectAccessible, open, openMenu, openUser, rowOf, test } from './test';

const EMMA = { user_id: 'auth0|permissions', name: 'Emma Erlaubt', email: 'emma.erlaubt@example.com' };

test('someone who may only read is offered nothing else', async ({ page, seed }) => {
  await seed(EMMA);
  await open(page, { as: 'Rita Reader' });
  const menu = await openMenu(page, EMMA.name);
  await expect(menu.getByRole('menuitem')).toHaveText([/Show details/, /Copy user ID/]);
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: EMMA.name });
  await expect(panel).toContainText(EMMA.email);
  await expect(panel.getByRole('heading', { name: 'Actions' })).toHaveCount(0);
  await expect(panel.getByRole('heading', { name: 'Log' })).toHaveCount(0);
});

test('administrators see which account is their own, and cannot lock themselves out', async ({ page }) => {
  await open(page, { path: '/?q=ada+admin' });
  await expect(rowOf(page, 'Ada Admin')).toContainText('You');
  const menu = await openMenu(page, 'Ada Admin');
  for (const action of ['Block', 'Reset MFA', 'Delete user']) await expect(menu.getByRole('menuitem', { name: action })).toHaveCount(0);
  await expect(menu.getByRole('menuitem', { name: 'Sign out everywhere' })).toBeVisible();
  await page.keyboard.press('Escape');
  const panel = await openUser(page, 'Ada Admin');
  await expect(panel).toContainText('You cannot do this to your own account.');
  await expect(panel.getByRole('button', { name: 'Delete user' })).toHaveCount(0);
});

test('protected users are marked, and nobody is offered to lock them out', async ({ page }) => {
  await open(page, { path: '/?q=rita+reader' });
  await expect(rowOf(page, 'Rita Reader')).toContainText('Protected');
  const menu = await openMenu(page, 'Rita Reader');
  for (const action of ['Block', 'Reset MFA', 'Delete user']) await expect(menu.getByRole('menuitem', { name: action })).toHaveCount(0);
});

test('if the API cannot tell what the administrator may do, the page still works', async ({ page, host, seed }) => {
  await seed(EMMA);
  await page.route(`${host.functions}/me`, (route) => route.fulfill({ status: 503, headers: { 'Access-Control-Allow-Origin': '*' } }));
  await open(page);
  const panel = await openUser(page, EMMA.name);
  await expect(panel.getByRole('heading', { name: 'Log' })).toBeVisible();
  await panel.getByRole('button', { name: 'Block' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await expect(panel).toContainText('By an administrator');
});

test('signing out in one tab signs out the others', async ({ page, context, seed }) => {
  await seed(EMMA);
  await open(page);
  const other = await context.newPage();
  await open(other);
  await openUser(page, EMMA.name);
  // Not by the session that other tests share.
  await other.route('**/v2/logout**', (route) => route.abort());
  await other.getByRole('button', { name: 'Sign out' }).click();

  await expect(page.getByRole('heading', { name: 'You have signed out' })).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
  await expect(page.getByText(EMMA.email)).toHaveCount(0);
  await expectAccessible(page);
});

test('a tab that has missed the sign-out in another tab deletes nobody', async ({ page, context, host, seed }) => {
  await seed(EMMA);
  await page.addInitScript(() => {
    // As for a tab that was asleep.
    BroadcastChannel.prototype.addEventListener = () => undefined;
  });
  await open(page);
  const panel = await openUser(page, EMMA.name);
  await panel.getByRole('button', { name: 'Delete user' }).click();
  await page.getByRole('dialog').getByLabel('To confirm, type').fill(EMMA.email);

  const other = await context.newPage();
  await open(other);
  await other.route('**/v2/logout**', (route) => route.abort());
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.close();
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'DELETE' && sent.push(request.url()));
  await page.getByRole('dialog').getByRole('button', { name: 'Delete user' }).click();

  await expect(page.getByRole('heading', { name: 'You have signed out' })).toBeVisible();
  expect(sent).toEqual([]);
  expect((await host.call('GET', `/users/${encodeURIComponent(EMMA.user_id)}`)).status).toBe(200);
});
