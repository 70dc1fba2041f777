import { readFileSync } from 'node:fs';

const REQUIRED = ['AUTH0_DOMAIN', 'AUTH0_AUDIENCE', 'DASHBOARD_CLIENT_ID', 'AZURE_FUNCTION_APP_URL'];

/**
 * The two files that differ between deployments: config.json, which the dashboard reads, and staticwebapp.config.json, which sets the
 * headers. In the Content-Security-Policy, {api} and {tenant} stand for the origins of the functions and of the sign-in page.
 *
 * @param {Record<string, string | undefined>} outputs The outputs of the deployment.
 * @returns {Record<string, string>} The content of each file.
 * @throws An output is missing.
 */
export function configure(outputs) {
  const missing = REQUIRED.filter((name) => !outputs[name]);
  if (missing.length > 0) throw new Error(`Outputs of the deployment are missing: ${missing.join(', ')}.`);

  // A tenant with a custom domain issues its tokens there, so users have to sign in there.
  const domain = outputs.AUTH0_ISSUER ? new URL(outputs.AUTH0_ISSUER.split(',')[0]).host : outputs.AUTH0_DOMAIN;
  const api = outputs.AZURE_FUNCTION_APP_URL;
  const config = { domain, clientId: outputs.DASHBOARD_CLIENT_ID, audience: outputs.AUTH0_AUDIENCE, api: `${api}/api` };
  const headers = readFileSync(new URL('staticwebapp.config.json', import.meta.url), 'utf8');
  return {
    'config.json': `${JSON.stringify(config, null, 2)}\n`,
    'staticwebapp.config.json': headers.replaceAll('{api}', api).replaceAll('{tenant}', `https://${domain}`),
  };
}
