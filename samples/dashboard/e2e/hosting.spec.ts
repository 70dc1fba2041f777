import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { configure } from '../../../infra/dashboard/configure.mjs';
import type { LocalHost } from './localHost';
import { askToDelete, confirmDeletion, expect, open, rowOf, rows, test as base } from './test';

const DIST = join(import.meta.dirname, '../dist');

const TYPES: Record<string, string> = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

interface WebConfig {
  navigationFallback: { rewrite: string; exclude: string[] };
  routes: { route: string; headers: Record<string, string> }[];
  globalHeaders: Record<string, string>;
}

/** The built dashboard, with the headers and rules of the file that a deployment uploads. It stands in for Azure Static Web Apps. */
class StaticWebApp {
  private readonly server = createServer((request, response) => void this.answer(new URL(request.url!, 'http://localhost').pathname, response));
  private web!: WebConfig;
  private config!: string;

  async start(): Promise<string> {
    await once(this.server.listen(0, 'localhost'), 'listening');
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async deploy(local: LocalHost): Promise<void> {
    const files = configure({
      AUTH0_DOMAIN: new URL(local.tenant).host,
      AUTH0_AUDIENCE: 'https://admin-functions.local/api',
      DASHBOARD_CLIENT_ID: 'local-dashboard',
      AZURE_FUNCTION_APP_URL: new URL(local.functions).origin,
    });
    // The local tenant has no HTTPS, neither to sign in nor for its pictures.
    const web = files['staticwebapp.config.json']!.replaceAll('https://localhost:', 'http://localhost:');
    this.web = JSON.parse(web.replace('img-src', `img-src ${local.tenant}`)) as WebConfig;
    this.config = JSON.stringify({ ...JSON.parse(files['config.json']!), domain: local.tenant, issuer: new URL(local.tenant).host });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    const { globalHeaders, navigationFallback, routes } = this.web;
    const headers = { ...globalHeaders, ...routes.find(({ route }) => matches(path, route))?.headers };
    let body = path === '/config.json' ? this.config : await content(path === '/' ? '/index.html' : path);
    let type = TYPES[extname(path)] ?? (path === '/config.json' ? 'application/json' : 'text/html');
    if (body === undefined && !navigationFallback.exclude.some((pattern) => matches(path, pattern))) {
      body = await content(navigationFallback.rewrite);
      type = 'text/html';
    }
    response.writeHead(body === undefined ? 404 : 200, { ...headers, 'Content-Type': type }).end(body);
  }
}

const content = (path: string) => readFile(join(DIST, path)).catch(() => undefined);

/** Whether a path matches a pattern such as /assets/* or /*.{json,svg}. */
function matches(path: string, pattern: string): boolean {
  const regex = pattern.replaceAll('.', '\\.').replace('*', '.*').replace(/\{([\w,]+)\}/, (_, names: string) => `(${names.replaceAll(',', '|')})`);
  return new RegExp(`^${regex}$`).test(path);
}

const test = base.extend<object, { app: StaticWebApp }>({
  app: [
    async ({}, use) => {
      const app = new StaticWebApp();
      await use(app);
      app.stop();
    },
    { scope: 'worker' },
  ],
  origin: [async ({ app }, use) => use(await app.start()), { scope: 'worker' }],
});

test.beforeEach(({ app, host }) => app.deploy(host));

// A page that violates its policy fails its test (test.ts).
test('with the headers of a deployment, administrators sign in, see pictures, stay signed in after a reload, and delete', async ({ page, host, seed }) => {
  await seed({ user_id: 'auth0|hosted', name: 'Hanna Hosted', email: 'hanna@example.com', picture: `${host.tenant}/avatars/hanna.hosted.svg` });
  await open(page, { path: '/?q=hosted' });

  await expect(rowOf(page, 'Hanna Hosted').locator('img')).toBeVisible();
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  await confirmDeletion(await askToDelete(page, 'Hanna Hosted'), 'hanna@example.com');
  await expect(rows(page)).toHaveCount(0);
});

test('another path shows the dashboard too, and only files with a hash in their name are cached', async ({ page }) => {
  const caching = new Map<string, string | undefined>();
  page.on('response', (response) => caching.set(new URL(response.url()).pathname, response.headers()['cache-control']));
  await page.goto('/some/other/path');

  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(caching.get('/some/other/path')).toBe('no-cache');
  expect(caching.get('/config.json')).toBe('no-cache');
  const assets = [...caching].filter(([path]) => path.startsWith('/assets/'));
  expect(assets.length).toBeGreaterThan(1);
  for (const [, header] of assets) expect(header).toBe('public, max-age=31536000, immutable');
});

test('a missing file is a 404, not the page', async ({ page }) => {
  await page.goto('/');
  for (const path of ['/assets/index-00000000.js', '/missing.json']) {
    expect(await page.evaluate(async (url) => (await fetch(url)).status, path)).toBe(404);
  }
});

test('no other page can show the dashboard in a frame, and it can use no sensors', async ({ page }) => {
  const headers = (await page.goto('/'))!.headers();

  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)).toBe('denied');
});
