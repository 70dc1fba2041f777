import { gzipSync } from 'node:zlib';
import { askToDelete, confirmDeletion, expect, open, rowOf, rows, searchBox, test } from './test';

const MARKUP = '"><img src=x onerror="hacked=1"><script>hacked=1</script><svg onload="hacked=1">';

test('markup in any field of a user is shown as text, in the list and in the dialog', async ({ page, seed }) => {
  const user = {
    user_id: `auth0|${MARKUP}`,
    name: `Xss ${MARKUP}`,
    given_name: MARKUP,
    family_name: MARKUP,
    nickname: MARKUP,
    username: MARKUP,
    phone_number: MARKUP,
    email: `xss${MARKUP}@example.com`,
    picture: 'javascript:hacked=1',
    connection: `connection${MARKUP}`,
    last_ip: MARKUP,
    last_login: '2026-01-01T00:00:00Z',
  };
  await seed(
    user,
    { user_id: 'auth0|xss-2', name: 'Xss Two', picture: `https://cdn.example.com/${MARKUP}`, email: 'javascript:hacked=1' },
    {
      user_id: 'auth0|xss-3',
      name: 'Xss {{ constructor.constructor("hacked=1")() }}',
      picture: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="hacked=1"/>',
    },
  );
  await open(page, { path: '/?q=xss' });

  await expect(rows(page)).toHaveCount(3);
  const row = rows(page).filter({ hasText: MARKUP });
  for (const text of [user.name, user.email, user.connection]) await expect(row).toContainText(text);
  await expect(rowOf(page, 'Xss Two')).toContainText('javascript:hacked=1');
  await expect(rows(page).filter({ hasText: '{{ constructor' })).toHaveCount(1);

  const dialog = await askToDelete(page, user.name);
  for (const text of [user.name, user.email, user.connection, user.user_id]) await expect(dialog).toContainText(text);

  await expect(page.locator('[onerror], [onload], [src=x], [href^="javascript:"], [src^="javascript:"], [src^="data:"]')).toHaveCount(0);
  await expect(page.locator('script:not([src$=".js"])')).toHaveCount(0);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);

  await confirmDeletion(dialog, user.email);
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByRole('status').filter({ hasText: 'was deleted' })).toContainText(MARKUP);
});

test('markup in a search, a link, an error and a response is shown as text', async ({ page, host }) => {
  await open(page, { path: `/?q=${encodeURIComponent(MARKUP)}` });
  await expect(page.getByText('No user matches')).toContainText(MARKUP);

  await page.getByRole('checkbox', { name: 'Query syntax' }).check();
  await searchBox(page).fill(`name:[${MARKUP}`);
  await expect(page.getByRole('alert')).toBeVisible();

  await page.route(`${host.functions}/users?**`, (route) =>
    route.fulfill({
      headers: { 'Access-Control-Allow-Origin': '*' },
      json: {
        start: 0,
        limit: 50,
        length: 1,
        total: 1,
        users: [
          {
            user_id: 'auth0|x',
            name: MARKUP,
            created_at: MARKUP,
            last_login: MARKUP,
            logins_count: 1,
            identities: [{ connection: MARKUP }],
          },
        ],
      },
    }),
  );
  await page.goto('/');
  for (const cell of ['Connection', 'Last login', 'Created']) await expect(page.locator(`[data-label="${cell}"]`)).toContainText(MARKUP);

  await page.route(`${host.functions}/users?**`, (route) =>
    route.fulfill({
      status: 502,
      headers: { 'Access-Control-Allow-Origin': '*' },
      json: { type: MARKUP, title: `T${MARKUP}`, detail: `D${MARKUP}`, traceId: MARKUP },
    }),
  );
  await page.goto('/');
  await expect(page.getByRole('heading', { name: `T${MARKUP}` })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText(`D${MARKUP}`);
  await expect(page.locator('[onerror], [onload], [src=x]')).toHaveCount(0);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('the page can run only its own scripts and cannot be framed', async ({ page }) => {
  const response = (await page.goto('/'))!;
  const header = response.headers()['content-security-policy']!;
  const meta = (await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content'))!;
  for (const policy of [header, meta]) {
    const parts = policy.split(';').map((directive) => directive.trim().split(/\s+/));
    const directives = new Map(parts.map(([name, ...sources]) => [name, sources]));
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual(["'self'"]);
    expect(directives.get('style-src')).toEqual(["'self'"]);
    expect(policy).not.toContain('unsafe');
  }
  expect(response.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
});

test('no token is in storage, in a cookie or in a URL', async ({ page, context, host, seed }) => {
  await seed({ user_id: 'auth0|token', name: 'Tom Token', email: 'tom.token@example.com' });
  const tokens = new Set<string>();
  const addresses: string[] = [];
  page.on('request', (request) => {
    addresses.push(request.url());
    const [scheme, token] = request.headers()['authorization']?.split(' ') ?? [];
    if (scheme === 'Bearer') tokens.add(token!);
  });
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  await open(page);
  await confirmDeletion(await askToDelete(page, 'Tom Token'), 'tom.token@example.com');
  await expect(rowOf(page, 'Tom Token')).toHaveCount(0);
  await page.reload();
  await expect(rows(page)).toHaveCount(50);

  // One from signing in, one from the reload. If both are of the same second, they are equal.
  expect(addresses.filter((address) => address.endsWith('/oauth/token'))).toHaveLength(2);
  expect([1, 2]).toContain(tokens.size);
  const stored = JSON.stringify([
    await page.evaluate(async () => [
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      history.state,
      window.name,
      await indexedDB.databases(),
      await caches.keys(),
    ]),
    await context.cookies(),
    addresses,
  ]);
  expect(stored).toContain(host.dashboard);
  for (const token of tokens) {
    for (const part of token.split('.')) expect(stored).not.toContain(part);
  }
  expect(stored).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
});

test("a picture's server does not learn where it is shown, and initials replace a missing picture", async ({ page, context, seed, host }) => {
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  const asked: Record<string, string>[] = [];
  await context.route('https://cdn.example.com/**', async (route) => {
    asked.push(await route.request().allHeaders());
    const isGood = route.request().url().endsWith('/good.png');
    await route.fulfill(isGood ? { contentType: 'image/png', body: pixel } : { status: 404 });
  });
  await seed(
    { user_id: 'auth0|good', name: 'Paula Picture', picture: 'https://cdn.example.com/good.png' },
    { user_id: 'auth0|broken', name: 'Bruno Picture', picture: 'https://cdn.example.com/broken.png' },
    { user_id: 'auth0|local', name: 'Lena Picture', picture: `${host.tenant}/avatars/lena.picture.svg` },
    { user_id: 'auth0|plain', name: 'Petra Picture', picture: 'http://cdn.example.com/plain.png' },
  );
  await open(page, { path: '/?q=picture' });

  await expect(rowOf(page, 'Paula Picture').locator('img')).toBeVisible();
  await expect(rowOf(page, 'Bruno Picture').locator('img')).toBeHidden();
  await expect(rowOf(page, 'Bruno Picture').getByText('BP', { exact: true })).toBeVisible();
  await expect(rowOf(page, 'Lena Picture').locator('img')).toBeVisible();
  await expect(rowOf(page, 'Petra Picture').locator('img')).toHaveCount(0);
  expect(asked).toHaveLength(2);
  for (const headers of asked) {
    expect(headers).not.toHaveProperty('referer');
    expect(headers).not.toHaveProperty('cookie');
  }
});

test('all scripts together are smaller than 130 kB compressed', async ({ page }) => {
  const scripts = new Map<string, Promise<Buffer>>();
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.set(response.url(), response.body());
  });
  await open(page);
  await expect(rows(page)).toHaveCount(50);

  const bytes = (await Promise.all(scripts.values())).map((body) => gzipSync(body).length).reduce((sum, length) => sum + length, 0);
  console.log(`Scripts: ${(bytes / 1000).toFixed(1)} kB compressed`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(130_000);
});
