// The server of Auth0's tutorial with current packages: it checks the caller's permission and returns a page of users.
import { ManagementClient } from 'auth0';
import express from 'express';
import { auth, claimIncludes } from 'express-oauth2-jwt-bearer';

const { AUTH0_DOMAIN: domain, AUTH0_AUDIENCE: audience, PORT: port } = process.env;
const { AUTH0_CLIENT_ID: clientId, AUTH0_CLIENT_SECRET: clientSecret } = process.env;

// The local tenant uses HTTP. This requires the only differences from a server for a real tenant: `fetch` here, and the HTTP URLs in
// `issuerBaseURL` and `jwksUri` below. For a real tenant, `jwksUri` comes from the configuration of the issuer.
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
      // The same page that AdminFunctions requests, without metadata.
      fields: 'app_metadata,user_metadata',
      include_fields: false,
    });
    response.json(page.response);
  },
);
app.listen(Number(port), '127.0.0.1');

// The benchmark closes standard input when it ends, so that the server exits.
process.stdin.resume().on('end', () => process.exit());
