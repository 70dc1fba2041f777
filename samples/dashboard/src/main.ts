import { createAuth0 } from '@auth0/auth0-vue';
import { createApp } from 'vue';
import App from './App.vue';
import { loadConfig } from './session/config';
import ConfigProblem from './session/ConfigProblem.vue';
import './styles.css';

try {
  const config = await loadConfig();
  createApp(App, { config })
    .use(
      createAuth0({
        domain: config.domain,
        ...(config.issuer && { issuer: config.issuer }),
        clientId: config.clientId,
        // Tokens stay in memory, so no other script can find them in storage. Refresh tokens are of use only if they survive a reload.
        cacheLocation: config.refreshTokens ? 'localstorage' : 'memory',
        useRefreshTokens: config.refreshTokens ?? false,
        useRefreshTokensFallback: true,
        authorizationParams: { audience: config.audience, redirect_uri: location.origin },
        authorizeTimeoutInSeconds: 10,
      }),
    )
    .mount('#app');
} catch (error) {
  // The message is for the person who sets up the page: an error in config.json, or that signing in requires HTTPS.
  createApp(ConfigProblem, { detail: (error as Error).message }).mount('#app');
}
