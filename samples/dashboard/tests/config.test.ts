import { expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../src/session/config';

const GOOD = { domain: 'tenant.eu.auth0.com', clientId: 'id', audience: 'https://api', api: 'https://name.azurewebsites.net/api/' };

const load = (body: string, status = 200) => loadConfig(async () => new Response(body, { status }));

test('a valid configuration is loaded, without the trailing slash of the URL', async () => {
  expect(await load(JSON.stringify(GOOD))).toEqual({ ...GOOD, api: 'https://name.azurewebsites.net/api' });
  expect(await load(JSON.stringify({ ...GOOD, issuer: 'x' }))).toMatchObject({ issuer: 'x' });
});

test('refresh tokens are an option', async () => {
  expect(await load(JSON.stringify({ ...GOOD, refreshTokens: true }))).toMatchObject({ refreshTokens: true });
  expect(await load(JSON.stringify({ ...GOOD, refreshTokens: false }))).not.toHaveProperty('refreshTokens');
});

test.each([
  ['', 404, /404/],
  ['<!doctype html>', 200, /not JSON/],
  ['null', 200, /not JSON/],
  ['{}', 200, /domain, clientId, audience, api/],
  [JSON.stringify({ ...GOOD, clientId: ' ' }), 200, /is missing clientId/],
  [JSON.stringify({ ...GOOD, refreshTokens: 'yes' }), 200, /"refreshTokens" must be true or false/],
  [JSON.stringify({ ...GOOD, api: 'name.azurewebsites.net' }), 200, /"api" is not a URL/],
])('%j with status %i reports the error', async (body, status, message) => {
  await expect(load(body, status)).rejects.toThrow(message);
  await expect(load(body, status)).rejects.toBeInstanceOf(ConfigError);
});

test('a server that does not respond is reported', async () => {
  await expect(loadConfig(() => Promise.reject(new TypeError()))).rejects.toThrow(/could not be loaded/);
});
