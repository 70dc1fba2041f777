import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { User } from '../src/api';
import type { Config } from '../src/config';

const REPOSITORY = join(import.meta.dirname, '../../..');

export const PROJECT = join(REPOSITORY, 'AdminFunctions.LocalHost');

const PROGRAM = join(PROJECT, 'bin/Debug/net10.0/AdminFunctions.LocalHost.dll');

/** Something that shall go wrong with the tenant's answers: see AdminFunctions.LocalHost/Loopback/Fault.cs. */
export interface Fault {
  match: string;
  /** Null for always. */
  times?: number | null;
  mode?: 'answer' | 'hang' | 'abort' | 'truncate';
  /** Without one the request goes on as usual, after the delay. */
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  delayMs?: number;
}

/** A user as the local tenant takes one. What is left out is as for someone who signed up just now. */
export type NewUser = Partial<Omit<User, 'identities'>> & { user_id: string; connection?: string };

/** AdminFunctions.LocalHost, running: the dashboard, the functions, and a tenant that can be told what to do. */
export class LocalHost {
  private constructor(
    readonly dashboard: string,
    readonly functions: string,
    readonly tenant: string,
    private readonly child: ChildProcess,
    private readonly scriptRoot: string,
  ) {}

  static async start(options: readonly string[]): Promise<LocalHost> {
    // A directory without a local.settings.json, and an environment without its settings: they could name a real tenant, and
    // here users are deleted.
    const scriptRoot = await mkdtemp(join(tmpdir(), 'admin-functions-e2e-'));
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(auth0|keyvault|users|dashboard)(__|:)/i.test(name)));
    const ports = ['--port', '0', '--tenant-port', '0', '--vault-port', '0', '--dashboard-port', `${await freePort()}`];
    const child = spawn('dotnet', [PROGRAM, ...ports, '--script-root', scriptRoot, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] });

    let output = '';
    try {
      const dashboard = await new Promise<string>((resolve, reject) => {
        const read = (text: string) => {
          output += text;
          const address = /^Dashboard: (http:\S+)$/m.exec(output)?.[1];
          if (address && output.includes('Ctrl+C stops.')) resolve(address);
          if (output.includes('The dashboard could not be built')) reject(new Error('See below.'));
        };
        child.stdout.setEncoding('utf8').on('data', read);
        child.stderr.setEncoding('utf8').on('data', read);
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`It ended with exit code ${code}.`)));
        setTimeout(() => reject(new Error('It did not start within two minutes.')), 120_000).unref();
      });
      const { api, domain } = (await (await fetch(`${dashboard}/config.json`)).json()) as Config;
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

  /** What shall go wrong from now on. */
  async fail(...faults: Fault[]): Promise<void> {
    await this.control('POST', 'faults', faults);
  }

  /** Nothing goes wrong any more. */
  async recover(): Promise<void> {
    await this.control('DELETE', 'faults');
  }

  async putUsers(...users: NewUser[]): Promise<void> {
    await this.control('POST', 'users', users);
  }

  /** An access token for anyone. */
  async token(sub: string, permissions: string[], expiresIn = 3600): Promise<string> {
    const answer = await this.control('POST', 'token', { sub, permissions, expiresIn });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** Signs with another key; tokens of the one before are worth nothing. */
  async rotateKeys(): Promise<void> {
    await this.control('POST', 'rotate-keys', { revokePrevious: true });
  }

  /** Calls a function as someone with every permission. */
  async call(method: string, path: string): Promise<Response> {
    const token = await this.token('auth0|test', ['read:users', 'delete:users']);
    return fetch(this.functions + path, { method, headers: { Authorization: `Bearer ${token}` } });
  }

  private async control(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(`${this.tenant}/_local/${path}`, { method, body: body === undefined ? null : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`The tenant's /_local/${path} says ${answer.status}: ${await answer.text()}`);
    return answer;
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
