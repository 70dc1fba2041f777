// The tutorial's server as one would write it today: Auth0's own packages, the caller's permission checked, one page of users.
import { ManagementClient } from 'auth0';
import express from 'express';
import { auth, claimIncludes } from 'express-oauth2-jwt-bearer';

const { AUTH0_DOMAIN: domain, AUTH0_AUDIENCE: audience, AUTH0_CLIENT_ID: clientId, AUTH0_CLIENT_SECRET: clientSecret, PORT: port } = process.env;

// The local tenant speaks http. That the two libraries are told so is all that differs from a server for a tenant at Auth0:
// `fetch` here, and below the scheme of `issuerBaseURL` and `jwksUri` (which would be the one that the issuer's configuration names).
const management = new ManagementClient({
  domain,
  clientId,
  clientSecret,
  fetch: (url, options) => fetch(url.replace(/^https:/, 'http:'), options),
});

const app = express();
app.disable('etag').disable('x-powered-by');
app.get(
  '/users',
  auth({ issuerBaseURL: `http://${domain}`, jwksUri: `http://${domain}/.well-known/jwks.json`, audience, tokenSigningAlg: 'RS256' }),
  claimIncludes('permissions', 'read:users'),
  async (request, response) => {
    const page = await management.users.list({
      page: Number(request.query.page ?? 0),
      per_page: 50,
      include_totals: true,
      // The page that AdminFunctions asks for: without what its dashboard has no use for.
      fields: 'app_metadata,user_metadata',
      include_fields: false,
    });
    response.json(page.response);
  },
);
app.listen(Number(port), '127.0.0.1');

// The bench holds the other end: no server outlives it.
process.stdin.resume().on('end', () => process.exit());
