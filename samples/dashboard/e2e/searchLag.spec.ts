import { askToDelete, confirmDeletion, count, expect, logIn, open, rowOf, rows, signIn, test } from './test';

// The tenant still lists deleted users for a while, as Auth0's search does.
test.use({ hostOptions: ['--search-lag', '600000'] });

const LENA = { user_id: 'auth0|lag', name: 'Lena Lange', email: 'lena.lange@example.com' };

test('a deleted user stays hidden while the tenant still lists them', async ({ page, host, seed }) => {
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

test('a user who signs up again with the same ID is listed', async ({ page, host, seed }) => {
  await seed(LENA);
  await open(page);
  await confirmDeletion(await askToDelete(page, LENA.name), LENA.email);
  await expect(rowOf(page, LENA.name)).toHaveCount(0);

  await host.putUsers({ ...LENA, created_at: new Date(Date.now() + 60_000).toISOString() });
  await page.reload();
  await expect(rowOf(page, LENA.name)).toBeVisible();
});

test('signing out removes the IDs of deleted users, and the next account sees the list of the tenant', async ({ page, seed }) => {
  await seed(LENA);
  // This test ends the session, so it cannot share one with other tests.
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
