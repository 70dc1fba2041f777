import { askToDelete, confirmDeletion, count, expect, open, rowOf, rows, test } from './test';

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
