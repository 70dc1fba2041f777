import { createAuth0 } from '@auth0/auth0-vue';
import { createApp } from 'vue';
import App from './components/App.vue';
import ConfigProblem from './components/ConfigProblem.vue';
import { loadConfig } from './config';
import './styles.css';

try {
  const config = await loadConfig();
  createApp(App, { config })
    .use(
      createAuth0({
        domain: config.domain,
        ...(config.issuer && { issuer: config.issuer }),
        clientId: config.clientId,
        // Nothing that a script of somebody else could carry off outlives the page.
        cacheLocation: 'memory',
        useRefreshTokens: false,
        authorizationParams: { audience: config.audience, redirect_uri: location.origin },
        authorizeTimeoutInSeconds: 10,
      }),
    )
    .mount('#app');
} catch (error) {
  // What is said here is for whoever sets the page up: config.json's faults, or that signing in wants https.
  createApp(ConfigProblem, { detail: (error as Error).message }).mount('#app');
}
