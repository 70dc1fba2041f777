// @vitest-environment node
import { expect, test } from 'vitest';
import { configure } from '../../../infra/dashboard/configure.mjs';
import { loadConfig } from '../src/session/config';

const OUTPUTS = {
  AUTH0_DOMAIN: 'tenant.eu.auth0.com',
  AUTH0_ISSUER: '',
  AUTH0_AUDIENCE: 'https://admin.example.com/api',
  DASHBOARD_CLIENT_ID: 'qP7wL2nX5cV8bN1mK4jH6gF3dS9aZ0tR',
  AZURE_FUNCTION_APP_URL: 'https://func-72zr6l4au6zs6.azurewebsites.net',
};

const loaded = (outputs: Record<string, string>) => loadConfig(async () => new Response(configure(outputs)['config.json']));

test('the dashboard accepts the config.json of a deployment', async () => {
  expect(await loaded(OUTPUTS)).toEqual({
    domain: 'tenant.eu.auth0.com',
    clientId: 'qP7wL2nX5cV8bN1mK4jH6gF3dS9aZ0tR',
    audience: 'https://admin.example.com/api',
    api: 'https://func-72zr6l4au6zs6.azurewebsites.net/api',
  });
});

test('with a custom domain, users sign in there', async () => {
  expect(await loaded({ ...OUTPUTS, AUTH0_ISSUER: 'https://login.example.com/' })).toMatchObject({ domain: 'login.example.com' });
});

test('nothing in the headers is left to fill in', () => {
  expect(configure(OUTPUTS)['staticwebapp.config.json']).not.toMatch(/\{\w+\}/);
});

test('all missing outputs are named', () => {
  expect(() => configure({ AUTH0_DOMAIN: 'tenant.eu.auth0.com' })).toThrow(/AUTH0_AUDIENCE, DASHBOARD_CLIENT_ID, AZURE_FUNCTION_APP_URL/);
});
