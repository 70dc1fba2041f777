// Builds the dashboard and uploads it to its static web app. azd runs this after it has deployed the functions (azure.yaml).
import { execSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configure } from './configure.mjs';

const { AZURE_DASHBOARD_NAME, AZURE_DASHBOARD_URL, AZURE_RESOURCE_GROUP, AZURE_SUBSCRIPTION_ID } = process.env;
const files = configure(process.env);

const cwd = fileURLToPath(new URL('../../samples/dashboard', import.meta.url));
const run = (command, env = {}) => execSync(command, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });

run('npm ci --no-audit --no-fund');
run('npm run build');
for (const [name, content] of Object.entries(files)) writeFileSync(`${cwd}/dist/${name}`, content);

// The token is passed in the environment, because others can read the arguments of a process.
const token = execSync(
  `az staticwebapp secrets list --name "${AZURE_DASHBOARD_NAME}" --resource-group "${AZURE_RESOURCE_GROUP}"`
    + ` --subscription "${AZURE_SUBSCRIPTION_ID}" --query properties.apiKey --output tsv`,
  { encoding: 'utf8' },
).trim();
run('npx --yes @azure/static-web-apps-cli@2.0.10 deploy dist --swa-config-location dist --env production', { SWA_CLI_DEPLOYMENT_TOKEN: token });
console.log(`Dashboard: ${AZURE_DASHBOARD_URL}`);
