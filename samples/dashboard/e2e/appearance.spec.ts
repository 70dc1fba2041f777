import AxeBuilder from '@axe-core/playwright';
import type { Page, TestInfo } from '@playwright/test';
import type { LocalHost, NewUser } from './localHost';
import { ask, askToDelete, confirmDeletion, expect, open, openUser, rows, searchBox, test } from './test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

const LONG = 'a'.repeat(60);

// The first rows of the list: a user with every field, and a user with very long values.
const USERS: NewUser[] = [
  {
    user_id: 'auth0|appearance-1',
    name: 'Lotte Long',
    email: 'lotte.long@example.com',
    email_verified: true,
    last_login: '2025-12-01T10:00:00Z',
    logins_count: 12,
    blocked: true,
    created_at: '2030-01-02T00:00:00Z',
  },
  {
    user_id: `waad|${LONG}${LONG}`,
    name: `Wanda ${LONG}${LONG}`,
    email: `${LONG}@${LONG}.example.com`,
    connection: `c-${LONG}${LONG}`,
    created_at: '2030-01-01T00:00:00Z',
  },
];

interface Visit {
  page: Page;
  host: LocalHost;
  /** Called in each state. */
  inspect: (state: string) => Promise<void>;
}

/** Visits the states of the page, from signed out to a rate limit. */
async function visitStates({ page, host, inspect: inspectState }: Visit): Promise<void> {
  // Rows are faint while the next ones load.
  const inspect = async (state: string) => {
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await inspectState(state);
  };
  await page.goto('/?per_page=10');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await inspect('signed out');

  await open(page, { path: '/?per_page=10' });
  await expect(rows(page)).toHaveCount(10);
  await inspect('list');

  const panel = await openUser(page, 'Lotte Long');
  await expect(panel.getByRole('listitem').last()).toBeVisible();
  await inspect('user');
  await page.keyboard.press('Escape');
  await rows(page).nth(1).getByRole('link').click();
  await expect(page.getByRole('heading', { name: 'Log' })).toBeVisible();
  await inspect('user with long words');
  await page.goto('/?per_page=10&user=auth0%7Cnobody');
  await expect(page.getByRole('heading', { name: 'This user does not exist' })).toBeVisible();
  await inspect('missing user');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: /^Filter/ }).click();
  await page.getByLabel('Email not verified').check();
  await page.getByLabel('Not logged in since').fill('2024-05-17');
  await page.getByLabel('Include users who never logged in').check();
  await expect(page.getByRole('list', { name: 'Filters in use' })).toContainText('or never');
  await inspect('filters');
  await page.getByRole('button', { name: 'Done' }).click();
  await inspect('chips');
  await page.goto('/?per_page=10&raw=1');
  await expect(rows(page)).toHaveCount(10);
  await inspect('query examples');

  await page.goto('/?per_page=10');
  await expect(rows(page)).toHaveCount(10);
  const noScope = { statusCode: 403, error: 'Forbidden', message: 'Insufficient scope' };
  await host.fail({ match: 'POST /api/v2/users/*', status: 403, body: noScope });
  const half = await ask(page, 'Wanda', 'Block');
  await half.getByRole('button', { name: 'Block' }).click();
  await expect(half.getByRole('alert')).toBeVisible();
  await inspect('dialog with a part');
  await half.getByRole('button', { name: 'Close' }).click();

  const dialog = await askToDelete(page, 'Lotte Long');
  await dialog.getByLabel('To confirm, type').fill('lotte.long@example.com');
  await inspect('dialog');
  const forbidden = { statusCode: 403, error: 'Forbidden', message: 'Insufficient scope' };
  await host.fail({ match: 'DELETE /api/v2/users/*', status: 403, body: forbidden });
  await confirmDeletion(dialog, 'lotte.long@example.com');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await inspect('dialog with a problem');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /^Actions for Wanda/ }).click();
  await inspect('menu');
  await page.getByRole('menuitem', { name: 'Delete user' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await inspect('dialog with long words');
  await page.keyboard.press('Escape');

  await host.fail({ match: 'GET /api/v2/users', times: 2 }, { match: 'GET /api/v2/users', status: 403, times: null });
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await inspect('failed export');
  await host.recover();
  await page.getByRole('button', { name: 'Dismiss' }).click();

  await searchBox(page).fill(`nobody ${LONG}${LONG}`);
  await expect(page.getByRole('heading', { name: 'No users found' })).toBeVisible();
  await inspect('no users found');

  await page.goto(`/?raw=1&q=${encodeURIComponent(`[${LONG}`)}`);
  await expect(page.getByRole('heading', { name: 'Invalid search' })).toBeVisible();
  await inspect('query problem');

  await host.fail({ match: 'GET /api/v2/users', status: 429, headers: { 'Retry-After': '600' } });
  await page.goto('/');
  await expect(page.getByText('Trying again in')).toBeVisible();
  await inspect('rate limit');
}

async function screenshot(page: Page, info: TestInfo, name: string): Promise<void> {
  const path = info.outputPath(`${name.replaceAll(' ', '-')}.png`);
  await page.screenshot({ path });
  await info.attach(name, { path, contentType: 'image/png' });
}

test('every state passes the WCAG 2.2 AA checks of axe, in both themes', async ({ page, host, seed }) => {
  // Axe checks every element eighteen times.
  test.slow();
  await seed(...USERS);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const check = async (axe: AxeBuilder, state: string) => {
    const { violations, passes } = await axe.analyze();
    expect(passes).not.toEqual([]);
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
    expect.soft(found, state).toEqual([]);
  };
  await visitStates({
    page,
    host,
    inspect: async (state) => {
      await page.emulateMedia({ colorScheme: 'light' });
      await check(new AxeBuilder({ page }).withTags(TAGS), `${state}, light`);
      // Only the colors differ.
      await page.emulateMedia({ colorScheme: 'dark' });
      await check(new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']), `${state}, dark`);
    },
  });
});

test('every state fits a screen 360 pixels wide', async ({ page, host, seed }, info) => {
  await seed(...USERS);
  await page.setViewportSize({ width: 360, height: 740 });
  await visitStates({
    page,
    host,
    inspect: async (state) => {
      const tooWide = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('dialog')]
          .filter((box) => box.scrollWidth > box.clientWidth)
          .map((box) => `${box.localName} ${box.scrollWidth} > ${box.clientWidth}`)
          .concat(
            [...document.querySelectorAll<HTMLElement>('button, input, select, td, h1, h2, p')]
              .filter((element) => element.checkVisibility() && !element.closest('.hidden, .skip'))
              .filter((element) => element.getBoundingClientRect().right > innerWidth)
              .map((element) => `${element.localName} ${element.innerText.slice(0, 40)}`),
          ),
      );
      expect.soft(tooWide, state).toEqual([]);
      await screenshot(page, info, state);
    },
  });
});

test('on a screen of 360 by 640 pixels, the actions of the dialog are always visible', async ({ page, host, seed }, info) => {
  await seed(...USERS);
  await page.setViewportSize({ width: 360, height: 640 });
  await visitStates({
    page,
    host,
    inspect: async (state) => {
      const dialog = page.getByRole('dialog');
      if ((await dialog.count()) === 0) return;
      await expect.soft(dialog, state).toBeInViewport({ ratio: 1 });
      for (const button of await dialog.locator('.actions').getByRole('button').all()) {
        await expect.soft(button, state).toBeInViewport({ ratio: 1 });
      }
      for (const title of await dialog.getByRole('alert').getByRole('heading').all()) await expect.soft(title, state).toBeInViewport();
      await screenshot(page, info, `small ${state}`);
    },
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`screenshots of the list, the dialog and the user at four widths, ${colorScheme}`, async ({ page, seed }, info) => {
    await seed(...USERS);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open(page);
    await expect(rows(page)).toHaveCount(50);
    for (const width of [360, 768, 1280, 1600]) {
      await page.setViewportSize({ width, height: 900 });
      await screenshot(page, info, `list ${width} ${colorScheme}`);
      const dialog = await askToDelete(page, 'Lotte Long');
      await screenshot(page, info, `dialog ${width} ${colorScheme}`);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      const panel = await openUser(page, 'Lotte Long');
      await screenshot(page, info, `user ${width} ${colorScheme}`);
      await page.keyboard.press('Escape');
      await expect(panel).toHaveCount(0);
    }
  });
}
