import { AxeBuilder } from '@axe-core/playwright';
import { test as base, type BrowserContext, type BrowserContextOptions, type Cookie, expect, type Locator, type Page, type Response } from '@playwright/test';
import { LocalHost, type NewUser } from './localHost';

/** Rita Reader. The settings of the local host protect her from deletion. */
const PROTECTED = 'auth0|000000000000000000000002';

interface TestFixtures {
  /** Adds users to the tenant. They are deleted after the test. */
  seed: (...users: NewUser[]) => Promise<void>;
  /** Opens another browser, with cookies of its own. */
  newContext: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** What pages must not do, but have done. */
  noise: string[];
}

interface WorkerFixtures {
  hostOptions: string[];
  origin: string | undefined;
  host: LocalHost;
}

/** Runs tests in a browser against the local host of their worker. Each test starts without faults and leaves no users behind. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  hostOptions: [[], { option: true, scope: 'worker' }],

  /** An origin that serves the dashboard in place of the local host. */
  origin: [undefined, { option: true, scope: 'worker' }],

  host: [
    async ({ hostOptions, origin }, use) => {
      const host = await LocalHost.start([`--Users:Protected=${PROTECTED}`, ...hostOptions], origin);
      await use(host);
      await host.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],

  baseURL: ({ host, origin }, use) => use(origin ?? host.dashboard),

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

  noise: async ({ host }, use) => {
    const noise: string[] = [];
    await host.recover();
    await use(noise);
    await host.recover();
    expect(noise).toEqual([]);
  },

  context: async ({ context, noise }, use) => {
    await listen(context, noise);
    await use(context);
  },

  newContext: async ({ browser, noise }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      await listen(context, noise);
      return context;
    });
    for (const context of contexts) await context.close();
  },
});

/** In every test, a page must not violate its Content-Security-Policy, open a browser dialog or log an error. */
async function listen(context: BrowserContext, noise: string[]): Promise<void> {
  context.on('console', (message) => {
    // Chromium logs each unsuccessful response. Tests cause them on purpose.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) noise.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => noise.push(`error: ${error.error().stack}`));
  context.on('dialog', (dialog) => {
    noise.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await context.exposeBinding('reportViolation', (_, violation: string) => noise.push(`Content-Security-Policy: ${violation}`));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) => {
      const { reportViolation } = window as unknown as { reportViolation(violation: string): void };
      reportViolation(`${effectiveDirective} blocked ${blockedURI} in ${sourceFile}`);
    });
  });
}

export { expect };

/** Signs in with the dashboard's button and the tenant's login page. */
export async function signIn(page: Page, { as = 'Ada Admin', path = '/' } = {}): Promise<void> {
  await page.goto(path);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await logIn(page, as);
}

/** Chooses an account on the tenant's login page. */
export async function logIn(page: Page, as = 'Ada Admin'): Promise<void> {
  await page.getByRole('button', { name: as }).click();
  await expect(page.getByRole('button', { name: 'Sign out' }).first()).toBeVisible();
}

// The cookies of the accounts that have signed in at the local host of this worker.
const sessions = new Map<string, Cookie[]>();

/** Opens the page with the session of an earlier sign-in, if there is one. */
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

/** Checks a page with axe, in light and dark colors. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  }
}

export function searchBox(page: Page): Locator {
  return page.getByRole('searchbox', { name: 'Search users' });
}

/** The total number of users, next to the heading. */
export function count(page: Page): Locator {
  const paragraphs = page.getByRole('main').getByRole('paragraph');
  return paragraphs.filter({ hasText: /^[\d,]+( or more)? users?( found)?$/ }).and(page.locator(':not([role])'));
}

/** The rows of the list. There are none during the first load. */
export function rows(page: Page): Locator {
  return page.getByRole('table', { name: 'Users' }).getByRole('row').filter({ has: page.getByRole('rowheader') });
}

export function rowOf(page: Page, name: string): Locator {
  return rows(page).filter({ has: page.getByRole('rowheader', { name }) });
}

/** The names in the list, once it has loaded. */
export async function names(page: Page): Promise<string[]> {
  await expect(page.getByRole('table', { name: 'Users' })).toHaveAttribute('aria-busy', 'false');
  return rows(page).getByRole('rowheader').locator('bdi').allInnerTexts();
}

/** Searches and waits for the response. */
export async function search(page: Page, words: string): Promise<void> {
  const isList = (response: Response) => new URL(response.url()).pathname === '/api/users' && response.request().method() === 'GET';
  const response = page.waitForResponse(isList);
  await searchBox(page).fill(words);
  await response;
  await expect(page.getByRole('table', { name: 'Users' }).and(page.locator('[aria-busy=true]'))).toHaveCount(0);
}

/** Opens the menu of a user in the list. */
export async function openMenu(page: Page, name: string): Promise<Locator> {
  await rowOf(page, name).getByRole('button', { name: `Actions for ${name}` }).click();
  const menu = page.getByRole('menu', { name: `Actions for ${name}` });
  await expect(menu).toBeVisible();
  return menu;
}

/** Opens the dialog of an action from the menu of a user in the list. */
export async function ask(page: Page, name: string, action: string): Promise<Locator> {
  const menu = await openMenu(page, name);
  await menu.getByRole('menuitem', { name: action }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Opens the delete dialog of a user in the list. */
export async function askToDelete(page: Page, name: string): Promise<Locator> {
  await ask(page, name, 'Delete user');
  return page.getByRole('dialog', { name: `Delete ${name}?` });
}

/** Opens a user from the list. */
export async function openUser(page: Page, name: string): Promise<Locator> {
  await rowOf(page, name).getByRole('link', { name }).click();
  const panel = page.getByRole('region', { name });
  await expect(panel).toBeVisible();
  return panel;
}

/** Types the confirmation and clicks Delete user. */
export async function confirmDeletion(dialog: Locator, typed: string): Promise<void> {
  await dialog.getByLabel('To confirm, type').fill(typed);
  await dialog.getByRole('button', { name: 'Delete user' }).click();
}
