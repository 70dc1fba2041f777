import { count, expect, names, open, rows, searchBox, test } from './test';

const PEOPLE = [
  { user_id: 'auth0|find-1', name: 'Ryan O’Brien', given_name: 'Ryan', family_name: 'O’Brien', email: 'ryan@example.com' },
  { user_id: 'auth0|find-2', name: '王小明', given_name: '小明', family_name: '王', email: 'xm@example.com' },
  { user_id: 'auth0|find-3', name: '山田太郎', given_name: '太郎', family_name: '山田', email: 'ty@example.com' },
  { user_id: 'auth0|find-4', name: 'Sofía Peña', given_name: 'Sofía', family_name: 'Peña', email: 'sp@example.com' },
  { user_id: 'sms|find-5', name: '+442079460958', phone_number: '+442079460958' },
  { user_id: 'auth0|find-6', name: 'Wu Li', given_name: 'Wu', family_name: 'Li', email: 'wl@domain.example' },
];

test.describe('a user is found by what people type', () => {
  for (const [typed, found] of [
    ['wu', 'Wu Li'],
    ['wu l', 'Wu Li'],
    ["o'brien ryan", 'Ryan O’Brien'],
    ['O’Brien ryan', 'Ryan O’Brien'],
    ['王', '王小明'],
    ['太郎', '山田太郎'],
    ['sofia', 'Sofía Peña'],
    ['pena', 'Sofía Peña'],
    ['@domain.example', 'Wu Li'],
    ['+44 20 7946 0958', '+442079460958'],
    ['0044 (0)20 7946-0958', '+442079460958'],
    ['020 7946 0958', '+442079460958'],
  ] as const) {
    test(`${typed} finds ${found}`, async ({ page, seed }) => {
      await seed(...PEOPLE);
      await open(page, { path: `/?${new URLSearchParams({ q: typed })}` });
      await expect(rows(page).first()).toBeVisible();
      expect(await names(page)).toContain(found);
      if (typed.length > 2) expect(await rows(page).count()).toBeLessThan(10);
    });
  }
});

test('an unfinished last word narrows the list and never empties it while there are matches', async ({ page }) => {
  await open(page);
  await searchBox(page).fill('ann');
  await expect(count(page)).toContainText('found');
  await searchBox(page).pressSequentially(' b', { delay: 20 });
  await expect(rows(page).first()).toContainText(/^[A-Z]{2}\s*Ann\w* B/);
});

test('while someone types, the previous rows stay, and "nobody" is said only of a finished search', async ({ page }) => {
  await page.clock.install();
  await open(page);
  await expect(rows(page)).toHaveCount(50);
  await page.clock.pauseAt(Date.now() + 60_000);
  const answered = page.waitForResponse((response) => response.url().includes('qqqq'));
  await searchBox(page).pressSequentially('qqqq');
  await page.clock.runFor(300);
  await answered;
  await page.clock.runFor(300);
  await expect(rows(page)).toHaveCount(50);
  await expect(page.getByRole('table')).toHaveAttribute('aria-busy', 'true');
  await page.clock.runFor(1500);
  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();

  // Enter finishes it at once.
  await searchBox(page).fill('ada admin');
  await page.clock.runFor(300);
  await expect(rows(page)).toHaveCount(1);
  await searchBox(page).fill('wwww');
  await searchBox(page).press('Enter');
  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();
});
