import { askToDelete, confirmDeletion, count, expect, logIn, open, rowOf, rows, signIn, test } from './test';

// The tenant goes on listing who was deleted, as Auth0's search does for a while.
test.use({ hostOptions: ['--search-lag', '600000'] });

const LENA = { user_id: 'auth0|lag', name: 'Lena Lange', email: 'lena.lange@example.com' };

test('who was deleted does not come back while the tenant still lists them', async ({ page, host, seed }) => {
  await seed(LENA);
  await open(page);
  await confirmDeletion(await askToDelete(page, LENA.name), LENA.email);
  await expect(rowOf(page, LENA.name)).toHaveCount(0);
  await expect(count(page)).toHaveText('1,200 users');
  expect((await (await host.call('GET', `/users?q=user_id:"${LENA.user_id}"`)).json()) as unknown[]).toHaveLength(1);

  for (const path of ['/', '/?q=lena', '/?sort=last_login%3A-1']) {
    await page.goto(path);
    await expect(rows(page).first()).toBeVisible();
    await expect(rowOf(page, LENA.name)).toHaveCount(0);
  }
  await page.goto('/');
  await expect(count(page)).toHaveText('1,200 users');
});

test('who came back under the same id is listed', async ({ page, host, seed }) => {
  await seed(LENA);
  await open(page);
  await confirmDeletion(await askToDelete(page, LENA.name), LENA.email);
  await expect(rowOf(page, LENA.name)).toHaveCount(0);

  await host.putUsers({ ...LENA, created_at: new Date(Date.now() + 60_000).toISOString() });
  await page.reload();
  await expect(rowOf(page, LENA.name)).toBeVisible();
});

test('whoever signs out leaves no id of a deleted user in the tab, and who comes next sees what the tenant lists', async ({ page, seed }) => {
  await seed(LENA);
  // Not a session that other tests use too: it ends here.
  await signIn(page);
  await confirmDeletion(await askToDelete(page, LENA.name), LENA.email);
  await expect(rowOf(page, LENA.name)).toHaveCount(0);
  const stored = () => page.evaluate(() => Object.entries({ ...sessionStorage }).flat().join());
  expect(await stored()).toContain(LENA.user_id);

  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(await stored()).not.toContain(LENA.user_id);

  await page.getByRole('button', { name: 'Sign in' }).click();
  await logIn(page, 'Rita Reader');
  await page.goto('/?q=lena');
  await expect(rowOf(page, LENA.name)).toBeVisible();
});
