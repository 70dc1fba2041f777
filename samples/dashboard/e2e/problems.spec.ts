import { expect, open, rowOf, rows, searchBox, test } from './test';

const LIST = 'GET /api/v2/users';

test('after a rate limit, the page counts down and then loads the list', async ({ page, host }) => {
  await page.clock.install();
  await open(page);
  await expect(rows(page)).toHaveCount(50);
  // Longer than the API waits, or it would retry itself.
  await host.fail({ match: LIST, status: 429, headers: { 'Retry-After': '30' } });
  await searchBox(page).fill('ada admin');

  await expect(page.getByRole('heading', { name: "Auth0's rate limit has been reached" })).toBeVisible();
  await expect(page.getByText(/^Trying again in (30|29|28) s$/)).toBeVisible();
  await page.clock.fastForward(20_000);
  await expect(page.getByText(/^Trying again in (10|9|8|7|6|5) s$/)).toBeVisible();
  await page.clock.fastForward(10_000);
  await expect(rowOf(page, 'Ada Admin')).toBeVisible();
});

test('if the tenant does not respond, the page says so and you can retry', async ({ page, host }) => {
  await open(page);
  await expect(rows(page)).toHaveCount(50);
  await host.fail({ match: LIST, times: null, mode: 'hang' });
  await searchBox(page).fill('ada admin');

  await expect(page.getByRole('heading', { name: 'Auth0 did not respond in time' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('Auth0 did not respond in time. Try again shortly.');
  await expect(rows(page)).toHaveCount(0);
  await host.recover();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(rowOf(page, 'Ada Admin')).toBeVisible();
  await expect(searchBox(page)).toBeFocused();
});

test('if the tenant refuses the API, the page shows the reason and whom to contact', async ({ page, host, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await host.fail({ match: LIST, status: 403, body: { statusCode: 403, error: 'Forbidden', message: 'Insufficient scope' } });
  await open(page);

  await expect(page.getByRole('heading', { name: 'Auth0 returned an error' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('Insufficient scope');
  await expect(page.getByRole('alert')).toContainText('Contact the administrator of this API.');

  const trace = page.getByText('Trace ID');
  await trace.getByRole('button', { name: 'Copy' }).click();
  await expect(trace.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await trace.getByRole('code').innerText());
});

test('if the vault cannot be read, the page shows the message of the API', async ({ page, host }) => {
  // The local vault cannot fail, so the test provides the response of the API.
  const detail = 'Key Vault refuses the function app. Give its identity the role Key Vault Secrets User.';
  await page.route(`${host.functions}/users?**`, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      headers: { 'Access-Control-Allow-Origin': '*' },
      json: {
        type: 'urn:admin-functions:problem:vault-unavailable',
        title: 'The client secret could not be read',
        status: 503,
        detail,
        traceId: '0'.repeat(32),
      },
    }),
  );
  await open(page);

  await expect(page.getByRole('heading', { name: 'The client secret could not be read' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText(detail);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(rows(page)).toHaveCount(50);
});

test('without a network, the page says so and loads the list when it is back', async ({ page, context }) => {
  await open(page);
  await expect(rows(page)).toHaveCount(50);
  await context.setOffline(true);
  await searchBox(page).fill('ada admin');

  await expect(page.getByRole('heading', { name: 'You are offline' })).toBeVisible();
  await context.setOffline(false);
  await expect(rowOf(page, 'Ada Admin')).toBeVisible();
});

test('an unreachable API is distinguished from a missing network', async ({ page, host }) => {
  await page.route(`${host.functions}/**`, (route) => route.abort('connectionrefused'));
  await open(page);

  await expect(page.getByRole('heading', { name: 'The API cannot be reached' })).toBeVisible();
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(rows(page)).toHaveCount(50);
});

test('a response from another server is not shown as a list', async ({ page, host }) => {
  await page.route(`${host.functions}/users?**`, (route) =>
    route.fulfill({ headers: { 'Access-Control-Allow-Origin': '*' }, contentType: 'text/html', body: '<h1>Welcome to our proxy</h1>' }),
  );
  await open(page);

  await expect(page.getByRole('heading', { name: 'Unexpected response' })).toBeVisible();
  await expect(page.getByText('Welcome to our proxy')).toHaveCount(0);
});

test('a page without a valid config.json says what is missing', async ({ page }) => {
  await page.route('**/config.json', (route) => route.fulfill({ json: { domain: 'tenant.eu.auth0.com' } }));
  await page.goto('/');

  await expect(page.getByRole('heading', { name: 'This page is not set up yet' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveText('config.json is missing clientId, audience, api.');
});
