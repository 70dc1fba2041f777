/** The page's configuration. The page reads it at startup, so the same build works in every environment. */
export interface Config {
  /** The Auth0 tenant's domain, or its custom domain. */
  domain: string;
  /** The issuer of the tenant's tokens, if it differs from the domain. */
  issuer?: string;
  /** The single-page application's client ID. */
  clientId: string;
  /** The identifier of AdminFunctions' API in Auth0. */
  audience: string;
  /** The URL of the functions, including `/api`. */
  api: string;
  /** Whether to keep sessions with rotating refresh tokens in the browser's storage, for browsers that block third-party cookies. */
  refreshTokens?: boolean;
}

export class ConfigError extends Error {}

export async function loadConfig(fetch = globalThis.fetch): Promise<Config> {
  let response: Response;
  try {
    response = await fetch('/config.json');
  } catch {
    throw new ConfigError('config.json could not be loaded. Check that the web server of this page is running.');
  }
  if (!response.ok) {
    throw new ConfigError(`config.json could not be loaded. The web server responded with status ${response.status}.`);
  }

  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null) {
    throw new ConfigError('config.json is not JSON.');
  }
  const config = body as Record<keyof Config, unknown>;
  const missing = (['domain', 'clientId', 'audience', 'api'] as const).filter((name) => !isText(config[name]));
  if (missing.length > 0) {
    throw new ConfigError(`config.json is missing ${missing.join(', ')}.`);
  }
  if (!URL.canParse(config.api as string)) {
    throw new ConfigError('In config.json, "api" is not a URL. Specify one such as https://NAME.azurewebsites.net/api.');
  }

  if (![undefined, true, false].includes(config.refreshTokens as boolean | undefined)) {
    throw new ConfigError('In config.json, "refreshTokens" must be true or false.');
  }

  return {
    domain: config.domain as string,
    ...(isText(config.issuer) && { issuer: config.issuer }),
    clientId: config.clientId as string,
    audience: config.audience as string,
    ...(config.refreshTokens === true && { refreshTokens: true }),
    // In development, requests go through Vite's proxy.
    api: import.meta.env.DEV && import.meta.env.MODE !== 'test' ? '/api' : (config.api as string).replace(/\/+$/, ''),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
