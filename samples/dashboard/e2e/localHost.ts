import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { User } from '../src/api/client';
import type { Config } from '../src/session/config';

const REPOSITORY = join(import.meta.dirname, '../../..');

export const PROJECT = join(REPOSITORY, 'AdminFunctions.LocalHost');

const PROGRAM = join(PROJECT, 'bin/Debug/net10.0/AdminFunctions.LocalHost.dll');

/** A fault to inject into the tenant's responses. See AdminFunctions.LocalHost/Loopback/Fault.cs. */
export interface Fault {
  match: string;
  /** Null for every request. */
  times?: number | null;
  mode?: 'answer' | 'hang' | 'abort' | 'truncate';
  /** If absent, the tenant handles the request as usual after the delay. */
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  delayMs?: number;
}

/** A user to add to the local tenant. Omitted fields have the values of a new user. */
export type NewUser = Partial<Omit<User, 'identities'>> & { user_id: string; connection?: string };

/** A running AdminFunctions.LocalHost: the dashboard, the functions and a tenant that the tests control. */
export class LocalHost {
  private constructor(
    readonly dashboard: string,
    readonly functions: string,
    readonly tenant: string,
    private readonly child: ChildProcess,
    private readonly scriptRoot: string,
  ) {}

  /** Starts it. Without an origin, only the dashboard that it serves itself can call the functions. */
  static async start(options: readonly string[], origin?: string): Promise<LocalHost> {
    // These tests delete users. A new directory has no local.settings.json, and the environment is filtered, so no setting can
    // name a real tenant.
    const scriptRoot = await mkdtemp(join(tmpdir(), 'admin-functions-e2e-'));
    if (origin) await writeFile(join(scriptRoot, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Host: { CORS: origin } }));
    const isSetting = (name: string) => /^(auth0|keyvault|users|dashboard)(__|:)/i.test(name);
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)));
    const ports = ['--port', '0', '--tenant-port', '0', '--vault-port', '0', '--dashboard-port', `${await freePort()}`];
    const child = spawn('dotnet', [PROGRAM, ...ports, '--script-root', scriptRoot, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] });

    let output = '';
    try {
      const dashboard = await new Promise<string>((resolve, reject) => {
        const read = (text: string) => {
          output += text;
          const address = /^Dashboard: (http:\S+)$/m.exec(output)?.[1];
          if (address && output.includes('Press Ctrl+C to stop.')) resolve(address);
          if (output.includes('The dashboard could not be built')) reject(new Error('The build of the dashboard failed.'));
        };
        child.stdout.setEncoding('utf8').on('data', read);
        child.stderr.setEncoding('utf8').on('data', read);
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`It exited with code ${code}.`)));
        setTimeout(() => reject(new Error('It did not start within two minutes.')), 120_000).unref();
      });
      const { api, domain } = await configOf(dashboard);
      if (new URL(domain).hostname !== 'localhost') throw new Error(`It uses another tenant: ${domain}.`);
      return new LocalHost(dashboard, api, domain, child, scriptRoot);
    } catch (error) {
      child.kill('SIGKILL');
      await rm(scriptRoot, { recursive: true });
      throw new Error(`The local host did not start. ${(error as Error).message}\n${output}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill();
      const late = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    }
    await rm(this.scriptRoot, { recursive: true });
  }

  /** Adds faults. */
  async fail(...faults: Fault[]): Promise<void> {
    await this.control('POST', 'faults', faults);
  }

  /** Removes all faults. */
  async recover(): Promise<void> {
    await this.control('DELETE', 'faults');
  }

  async putUsers(...users: NewUser[]): Promise<void> {
    await this.control('POST', 'users', users);
  }

  /** Issues an access token for any user. */
  async token(sub: string, permissions: string[], expiresIn = 3600): Promise<string> {
    const answer = await this.control('POST', 'token', { sub, permissions, expiresIn });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** Rotates the signing key and revokes the previous one, which invalidates its tokens. */
  async rotateKeys(): Promise<void> {
    await this.control('POST', 'rotate-keys', { revokePrevious: true });
  }

  /** Calls a function with all permissions. */
  async call(method: string, path: string): Promise<Response> {
    const token = await this.token('auth0|test', ['read:users', 'update:users', 'delete:users']);
    return fetch(this.functions + path, { method, headers: { Authorization: `Bearer ${token}` } });
  }

  /** Signs a user in at the tenant, as their browser would. */
  async signIn(userId: string, password: 'right' | 'wrong'): Promise<void> {
    const answer = await fetch(`${this.tenant}/_local/sign-in`, { method: 'POST', body: JSON.stringify({ user_id: userId, password }) });
    if (answer.status !== (password === 'right' ? 200 : 403)) throw new Error(`The sign-in responded with ${answer.status}.`);
  }

  /** The mails that the tenant has sent, newest first. */
  async mails(): Promise<{ to: string; type: string }[]> {
    return (await (await fetch(`${this.tenant}/_local/mails`)).json()) as { to: string; type: string }[];
  }

  private async control(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(`${this.tenant}/_local/${path}`, { method, body: body === undefined ? null : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`The tenant's /_local/${path} responded with ${answer.status}: ${await answer.text()}`);
    return answer;
  }
}

/** The configuration of a dashboard, once it is built. */
async function configOf(dashboard: string): Promise<Config> {
  for (;;) {
    const response = await fetch(`${dashboard}/config.json`);
    if (response.ok) return (await response.json()) as Config;
    if (response.status !== 503) throw new Error(`config.json responded with status ${response.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
