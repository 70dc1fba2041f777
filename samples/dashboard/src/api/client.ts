// The API's contract: paths, parameters and JSON.

import type { components } from '../openapi';
import { ApiError, incompleteExport, isObject, offline, readJson, readProblem, toProblem, unreachable } from './problems';

type Schemas = components['schemas'];

/** A user's account at an identity provider. */
export type Identity = Schemas['Identity'];

/** A user, with Auth0's field names. Fields without a value are absent. */
export type User = Schemas['User'] & { user_id: string };

/** A user who was read by ID, with the blocks by brute-force protection. */
export type UserDetails = Schemas['UserDetails'] & { user_id: string };

export type UserPage = Omit<Schemas['UserPage'], 'users'> & { users: User[] };
export type LogEvent = Schemas['LogEvent'];
export type LogPage = Omit<Schemas['LogPage'], 'logs'> & { logs: LogEvent[] };
export type Me = Schemas['Me'];
export type Permission = Me['permissions'][number];

export type PlanAction = Schemas['PlanAction'];
export type PlanBatch = NonNullable<Schemas['PlanLine']['batch']>;
export type LeftOutUser = NonNullable<Schemas['PlanLine']['left_out']>;
export type SealedPlan = NonNullable<Schemas['PlanLine']['plan']>;
export type ExecutionLine = Schemas['ExecutionLine'];
export type ApprovedPlan = Schemas['ApprovedPlan'];

/** A line of a plan. Only a complete plan has the last one. */
export interface PlanLine {
  batch?: PlanBatch;
  left_out?: LeftOutUser;
  plan?: SealedPlan;
}

/** Auth0 lets you page through this many results of a search, even if it finds more. */
export const PAGEABLE_RESULTS = 1000;

export interface ListParameters {
  page: number;
  perPage: number;
  q?: string;
  sort?: string;
  signal?: AbortSignal;
}

export interface LogParameters {
  page: number;
  perPage: number;
  signal?: AbortSignal;
}

export interface ExportParameters {
  q?: string;
  /** Where an earlier export broke off: its last cursor, and the number of users before it. */
  after?: { cursor: string; users: number };
  /** Called with a cursor when all users before it have been yielded. */
  onCursor?: (cursor: string) => void;
  signal?: AbortSignal;
}

export interface PlanParameters {
  /** Empty for everyone. */
  q: string;
  action: PlanAction;
  reason: string;
  signal?: AbortSignal;
}

export interface ExecutionParameters {
  ticket: string;
  seal: string;
  /** The plan's total, as the administrator has typed it. */
  confirm: number;
  except: string[];
  approval?: string;
  signal?: AbortSignal;
}

export interface Api {
  getMe(signal?: AbortSignal): Promise<Me>;
  listUsers(parameters: ListParameters): Promise<UserPage>;
  /** The user as Auth0 has them now. A list may lag by seconds. */
  getUser(id: string, signal?: AbortSignal): Promise<UserDetails>;
  getUserLog(id: string, parameters: LogParameters): Promise<LogPage>;
  blockUser(id: string): Promise<Schemas['BlockOutcome']>;
  unblockUser(id: string): Promise<Schemas['UnblockOutcome']>;
  signOutUser(id: string): Promise<Schemas['SignOutOutcome']>;
  /** Name the connection for a user who has accounts in several database connections. */
  sendPasswordReset(id: string, connection?: string): Promise<Schemas['EmailOutcome']>;
  sendVerificationEmail(id: string): Promise<Schemas['EmailOutcome']>;
  resetMfa(id: string): Promise<Schemas['MfaOutcome']>;
  deleteUser(id: string): Promise<void>;
  /** All users that match a search, including those after the first thousand. Throws if the export is incomplete. */
  exportUsers(parameters: ExportParameters): AsyncGenerator<User, void, undefined>;
  /** Plans to block or delete all users that match a search. Nothing is changed. Throws if the plan is incomplete. */
  planDeletions(parameters: PlanParameters): AsyncGenerator<PlanLine, void, undefined>;
  /** What another administrator's plan is. Nothing is approved. */
  previewPlan(seal: string, signal?: AbortSignal): Promise<ApprovedPlan>;
  /** Approves another administrator's plan. */
  approvePlan(seal: string, signal?: AbortSignal): Promise<Required<Pick<ApprovedPlan, 'approval'>>>;
  /** Executes one batch of a plan. The last line has the end. Throws if it is missing. */
  executePlan(parameters: ExecutionParameters): AsyncGenerator<ExecutionLine, void, undefined>;
}

// In milliseconds. The API itself times out after ten seconds, so after thirty the response is lost.
const REQUEST_TIMEOUT = 30_000;

/**
 * @param base The URL of the functions, without a trailing slash.
 * @param token Returns an access token: a new one if `fresh`, because the API rejected the cached one. Throws an ApiError on failure.
 * It is called before every request, so it can prevent one.
 */
export function createApi(base: string, token: (fresh: boolean) => Promise<string>, fetch = globalThis.fetch): Api {
  async function attempt(path: string, init: RequestInit, fresh: boolean): Promise<Response> {
    const authorization = `Bearer ${await token(fresh)}`;
    init.signal?.throwIfAborted();
    return fetch(base + path, { ...init, headers: { ...init.headers, Authorization: authorization }, credentials: 'omit' });
  }

  async function send(path: string, init: RequestInit): Promise<Response> {
    let response = await attempt(path, init, false);
    if (response.status === 401) {
      response = await attempt(path, init, true);
    }
    if (!response.ok) {
      throw new ApiError(await readProblem(response));
    }
    return response;
  }

  /** Sends a request whose response is JSON of the expected shape. */
  function call<T>(path: string, isExpected: (body: Record<string, unknown>) => boolean, init: RequestInit = {}): Promise<T> {
    const signal = init.signal ?? undefined;
    return guard(signal, async () => {
      const response = await send(path, { ...init, signal: withTimeout(signal) });
      const body = await readJson(response);
      if (!isObject(body) || !isExpected(body)) {
        throw new ApiError({
          slug: 'unreadable',
          title: 'Unexpected response',
          detail: 'The response did not come from the API. Check that "api" in config.json is the URL of the functions.',
          status: response.status,
        });
      }
      return body as T;
    });
  }

  /** Sends a request whose response is lines of JSON, of which the last one has a certain member. */
  async function* stream<T>(path: string, body: unknown, last: string, signal: AbortSignal | undefined): AsyncGenerator<T, void, undefined> {
    const response = await guard(signal, () => send(path, { ...post(body), signal: signal ?? null }));
    const lines = readLines(response);
    try {
      for (;;) {
        const { value: line, done } = await guard(signal, () => lines.next());
        const entry = done ? undefined : parseLine(line);
        if (isObject(entry?.error)) throw new ApiError(toProblem(entry.error));
        if (!entry) throw new ApiError(unreachable());
        yield entry as T;
        if (last in entry) return;
      }
    } finally {
      await lines.return(undefined);
    }
  }

  /** The path of a user, or of something that belongs to them. */
  const pathOf = (id: string, part = '') => `/users/${segmentOf(id)}${part}`;

  return {
    getMe: (signal) => call('/me', (body) => Array.isArray(body.permissions), { signal: signal ?? null }),

    listUsers({ page, perPage, q, sort, signal }) {
      const parameters = new URLSearchParams({ page: `${page}`, per_page: `${perPage}`, include_totals: 'true' });
      if (q) parameters.set('q', q);
      if (sort) parameters.set('sort', sort);
      const isPage = (body: Record<string, unknown>) => typeof body.total === 'number' && Array.isArray(body.users);
      return call(`/users?${parameters}`, isPage, { signal: signal ?? null });
    },

    getUser: (id, signal) => call(`${pathOf(id)}?blocks=true`, (body) => body.user_id === id, { signal: signal ?? null }),

    getUserLog(id, { page, perPage, signal }) {
      const parameters = new URLSearchParams({ page: `${page}`, per_page: `${perPage}`, include_totals: 'true' });
      return call(`${pathOf(id, '/log')}?${parameters}`, (body) => Array.isArray(body.logs), { signal: signal ?? null });
    },

    blockUser: (id) => call(pathOf(id, '/block'), (body) => body.blocked === true, { method: 'PUT' }),

    unblockUser: (id) => call(pathOf(id, '/block'), (body) => body.blocked === false, { method: 'DELETE' }),

    signOutUser: (id) => call(pathOf(id, '/sessions'), (body) => 'access_revocation' in body, { method: 'DELETE' }),

    sendPasswordReset(id, connection) {
      const request = connection ? post({ connection }) : { method: 'POST' };
      return call(pathOf(id, '/password-reset'), (body) => 'email_request' in body, request);
    },

    sendVerificationEmail: (id) => call(pathOf(id, '/verification-email'), (body) => 'email_request' in body, { method: 'POST' }),

    resetMfa: (id) => call(pathOf(id, '/mfa'), (body) => Array.isArray(body.authentication_methods), { method: 'DELETE' }),

    async deleteUser(id) {
      await guard(undefined, () => send(pathOf(id), { method: 'DELETE', signal: withTimeout() }));
    },

    planDeletions: ({ q, signal, ...plan }) => stream('/deletion-plans', q ? { q, ...plan } : { everyone: true, ...plan }, 'plan', signal),

    previewPlan: (seal, signal) =>
      call('/deletion-plans/approvals', (body) => 'expires_at' in body, { ...post({ seal, preview: true }), signal: signal ?? null }),

    approvePlan: (seal, signal) =>
      call('/deletion-plans/approvals', (body) => typeof body.approval === 'string', { ...post({ seal }), signal: signal ?? null }),

    executePlan: ({ signal, ...batch }) => stream('/deletions', batch, 'end', signal),

    async *exportUsers({ q, after, onCursor, signal }) {
      const parameters = new URLSearchParams({ format: 'ndjson', end: 'true', cursors: 'true' });
      if (q) parameters.set('q', q);
      if (after) parameters.set('after', after.cursor);

      const response = await guard(signal, () => send(`/users/export?${parameters}`, { signal: signal ?? null }));
      const lines = readLines(response);
      let users = after?.users ?? 0;
      try {
        for (;;) {
          const { value: line, done } = await guard(signal, () => lines.next());
          const entry = done ? undefined : parseLine(line);
          // Only this last line, with the number of users, confirms that none is missing.
          if (isObject(entry?.end) && entry.end.users === users) return;
          if (isObject(entry?.error)) throw new ApiError(toProblem(entry.error));
          if (typeof entry?.cursor === 'string') {
            onCursor?.(entry.cursor);
            continue;
          }
          if (typeof entry?.user_id !== 'string') throw new ApiError(incompleteExport(users));
          users++;
          yield entry as unknown as User;
        }
      } finally {
        await lines.return(undefined);
      }
    },
  };
}

/**
 * Encodes a user ID for the path. Proxies can decode or change some characters, such as a slash. An ID with such characters is encoded
 * as base64url after a ~, which the API also accepts.
 */
function segmentOf(id: string): string {
  if (/^[A-Za-z0-9|._@+-]+$/.test(id)) return encodeURIComponent(id);
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(id)));
  return `~${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Turns errors of fetch into problems. An abort by the caller is rethrown as it is. */
async function guard<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw new ApiError(navigator.onLine ? unreachable() : offline());
  }
}

function post(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

function withTimeout(signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Yields the lines of a body as they arrive. */
async function* readLines(response: Response): AsyncGenerator<string, void, undefined> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  try {
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
      rest = lines.pop()!;
      yield* lines.filter((line) => line !== '');
      if (done) {
        if (rest !== '') yield rest;
        return;
      }
    }
  } finally {
    // If the caller stops reading early, this ends the request.
    await reader.cancel().catch(() => undefined);
  }
}

function parseLine(line: string | void): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
