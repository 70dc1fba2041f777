import AxeBuilder from '@axe-core/playwright';
import type { Page, TestInfo } from '@playwright/test';
import type { LocalHost, NewUser } from './localHost';
import { askToDelete, confirmDeletion, expect, open, rows, searchBox, test } from './test';

const LONG = 'a'.repeat(60);

// The top of the list: someone with everything, and someone whose every word is too long.
const PEOPLE: NewUser[] = [
  {
    user_id: 'auth0|looks-1',
    name: 'Lotte Looks',
    email: 'lotte.looks@example.com',
    email_verified: true,
    last_login: '2025-12-01T10:00:00Z',
    logins_count: 12,
    blocked: true,
    created_at: '2030-01-02T00:00:00Z',
  },
  { user_id: `waad|${LONG}${LONG}`, name: `Wanda ${LONG}${LONG}`, email: `${LONG}@${LONG}.example.com`, connection: `c-${LONG}${LONG}`, created_at: '2030-01-01T00:00:00Z' },
];

interface Walk {
  page: Page;
  host: LocalHost;
  /** What is done in each state. */
  look: (state: string) => Promise<void>;
}

/** Goes through the page's states, from signed out to a broken export. */
async function walk({ page, host, look }: Walk): Promise<void> {
  await page.goto('/?per_page=10');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await look('signed out');

  await open(page, { path: '/?per_page=10' });
  await expect(rows(page)).toHaveCount(10);
  await look('list');

  const dialog = await askToDelete(page, 'Lotte Looks');
  await dialog.getByLabel('To confirm, type').fill('lotte.looks@example.com');
  await look('dialog');
  await host.fail({ match: 'DELETE /api/v2/users/*', status: 403, body: { statusCode: 403, error: 'Forbidden', message: 'Insufficient scope' } });
  await confirmDeletion(dialog, 'lotte.looks@example.com');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await look('dialog with a problem');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  const other = page.getByRole('button', { name: /^Delete Wanda/ });
  await other.click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await look('dialog with long words');
  await page.keyboard.press('Escape');

  await host.fail({ match: 'GET /api/v2/users', times: 2 }, { match: 'GET /api/v2/users', status: 403, times: null });
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look('broken export');
  await host.recover();
  await page.getByRole('button', { name: 'Dismiss' }).click();

  await searchBox(page).fill(`nobody ${LONG}${LONG}`);
  await expect(page.getByRole('heading', { name: 'Nobody found' })).toBeVisible();
  await look('nobody found');

  await page.goto(`/?raw=1&q=${encodeURIComponent(`[${LONG}`)}`);
  await expect(page.getByRole('heading', { name: 'This search cannot be run' })).toBeVisible();
  await look('query problem');

  await host.fail({ match: 'GET /api/v2/users', status: 429, headers: { 'Retry-After': '600' } });
  await page.goto('/');
  await expect(page.getByText('Trying again in')).toBeVisible();
  await look('rate limit');
}

async function screenshot(page: Page, info: TestInfo, name: string): Promise<void> {
  const path = info.outputPath(`${name.replaceAll(' ', '-')}.png`);
  await page.screenshot({ path });
  await info.attach(name, { path, contentType: 'image/png' });
}

test('every state meets WCAG 2.2 AA as far as axe can tell, in both themes', async ({ page, host, seed }) => {
  // Axe looks at every element, eighteen times.
  test.slow();
  await seed(...PEOPLE);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const check = async (axe: AxeBuilder, state: string) => {
    const { violations, passes } = await axe.analyze();
    expect(passes).not.toEqual([]);
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
    expect.soft(found, state).toEqual([]);
  };
  await walk({
    page,
    host,
    look: async (state) => {
      await page.emulateMedia({ colorScheme: 'light' });
      await check(new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']), `${state}, light`);
      // Of what axe looks at, nothing but colours differs.
      await page.emulateMedia({ colorScheme: 'dark' });
      await check(new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']), `${state}, dark`);
    },
  });
});

test('nothing is wider than a screen of 360 pixels, in any state', async ({ page, host, seed }, info) => {
  await seed(...PEOPLE);
  await page.setViewportSize({ width: 360, height: 740 });
  await walk({
    page,
    host,
    look: async (state) => {
      const tooWide = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('dialog')]
          .filter((box) => box.scrollWidth > box.clientWidth)
          .map((box) => `${box.localName} ${box.scrollWidth} > ${box.clientWidth}`)
          .concat(
            [...document.querySelectorAll<HTMLElement>('button, input, select, td, h1, h2, p')]
              .filter((element) => element.checkVisibility() && !element.closest('.hidden, .skip') && element.getBoundingClientRect().right > innerWidth)
              .map((element) => `${element.localName} ${element.innerText.slice(0, 40)}`),
          ),
      );
      expect.soft(tooWide, state).toEqual([]);
      await screenshot(page, info, state);
    },
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`pictures of list and dialog at three widths, ${colorScheme}`, async ({ page, seed }, info) => {
    await seed(...PEOPLE);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open(page);
    await expect(rows(page)).toHaveCount(50);
    for (const width of [360, 768, 1600]) {
      await page.setViewportSize({ width, height: 900 });
      await screenshot(page, info, `list ${width} ${colorScheme}`);
      const dialog = await askToDelete(page, 'Lotte Looks');
      await screenshot(page, info, `dialog ${width} ${colorScheme}`);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    }
  });
}
