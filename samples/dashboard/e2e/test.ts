import { test as base, type Cookie, expect, type Locator, type Page } from '@playwright/test';
import { LocalHost, type NewUser } from './localHost';

/** Rita Reader, whom the host's settings protect from deletion. */
const PROTECTED = 'auth0|000000000000000000000002';

interface TestFixtures {
  /** Puts users into the tenant for the length of a test. */
  seed: (...users: NewUser[]) => Promise<void>;
}

interface WorkerFixtures {
  hostOptions: string[];
  host: LocalHost;
}

/** Tests in a browser against a local host of their worker, in which nothing goes wrong at first, and nobody is left behind. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  hostOptions: [[], { option: true, scope: 'worker' }],

  host: [
    async ({ hostOptions }, use) => {
      const host = await LocalHost.start([`--Users:Protected=${PROTECTED}`, ...hostOptions]);
      await use(host);
      await host.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],

  baseURL: ({ host }, use) => use(host.dashboard),

  seed: async ({ host }, use) => {
    const seeded: string[] = [];
    await use(async (...users) => {
      seeded.push(...users.map((user) => user.user_id));
      await host.putUsers(...users);
    });
    await host.recover();
    for (const id of seeded) {
      expect((await host.call('DELETE', `/users/${encodeURIComponent(id)}`)).status).toBe(204);
    }
  },

  // Whatever a test is about: no page of it breaks its Content-Security-Policy, asks anything by a dialog, or has an error.
  context: async ({ host, context }, use) => {
    const noise: string[] = [];
    context.on('console', (message) => {
      // Chromium's own line for every answer that is no success, which tests ask for.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) noise.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => noise.push(`error: ${error.error().stack}`));
    context.on('dialog', (dialog) => {
      noise.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await context.exposeBinding('tellViolation', (_, violation: string) => noise.push(`Content-Security-Policy: ${violation}`));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) => {
        (window as unknown as { tellViolation(violation: string): void }).tellViolation(`${effectiveDirective} against ${blockedURI} in ${sourceFile}`);
      });
    });

    await host.recover();
    await use(context);
    await host.recover();
    expect(noise).toEqual([]);
  },
});

export { expect };

/** By the dashboard's button and the tenant's login page. */
export async function signIn(page: Page, { as = 'Ada Admin', path = '/' } = {}): Promise<void> {
  await page.goto(path);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await logIn(page, as);
}

/** At the tenant's login page. */
export async function logIn(page: Page, as = 'Ada Admin'): Promise<void> {
  await page.getByRole('button', { name: as }).click();
  await expect(page.getByRole('button', { name: 'Sign out' }).first()).toBeVisible();
}

// The cookies of those who have signed in at the worker's host.
const sessions = new Map<string, Cookie[]>();

/** Opens the page as someone who has signed in before, in another tab, say. */
export async function open(page: Page, { as = 'Ada Admin', path = '/' } = {}): Promise<void> {
  const cookies = sessions.get(as);
  if (cookies) {
    await page.context().addCookies(cookies);
    await page.goto(path);
  } else {
    await signIn(page, { as, path });
    sessions.set(as, await page.context().cookies());
  }
}

export function searchBox(page: Page): Locator {
  return page.getByRole('searchbox', { name: 'Search users' });
}

/** How many users the list has in all, as it says beside the heading. */
export function count(page: Page): Locator {
  return page.getByRole('main').getByRole('paragraph').filter({ hasText: /^[\d,]+ users?( found)?$/ }).and(page.locator(':not([role])'));
}

/** The users of the list. While it is loading the first time there are none. */
export function rows(page: Page): Locator {
  return page.getByRole('table', { name: 'Users' }).getByRole('row').filter({ has: page.getByRole('rowheader') });
}

export function rowOf(page: Page, name: string): Locator {
  return rows(page).filter({ has: page.getByRole('rowheader', { name }) });
}

/** The names in the list, once it has come to rest. */
export async function names(page: Page): Promise<string[]> {
  await expect(page.getByRole('table', { name: 'Users' })).toHaveAttribute('aria-busy', 'false');
  return rows(page).getByRole('rowheader').locator('bdi').allInnerTexts();
}

/** Searches, and waits for the answer. */
export async function search(page: Page, words: string): Promise<void> {
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/users' && response.request().method() === 'GET');
  await searchBox(page).fill(words);
  await answered;
  await expect(page.getByRole('table', { name: 'Users' }).and(page.locator('[aria-busy=true]'))).toHaveCount(0);
}

/** Asks to delete someone in the list: the dialog. */
export async function askToDelete(page: Page, name: string): Promise<Locator> {
  await rowOf(page, name).getByRole('button', { name: `Delete ${name}` }).click();
  const dialog = page.getByRole('dialog', { name: `Delete ${name}?` });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Types the confirmation and deletes. */
export async function confirmDeletion(dialog: Locator, typed: string): Promise<void> {
  await dialog.getByLabel('To confirm, type').fill(typed);
  await dialog.getByRole('button', { name: 'Delete user' }).click();
}
