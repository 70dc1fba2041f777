// The API's contract: paths, parameters, JSON and problems.

import type { components } from './openapi';

type Schemas = components['schemas'];

/** A user's account at an identity provider. */
export type Identity = Schemas['Identity'];

/** A user, with Auth0's field names. Fields without a value are absent. */
export type User = Schemas['User'] & { user_id: string };

export type UserPage = Omit<Schemas['UserPage'], 'users'> & { users: User[] };

/** Auth0 lets you page through this many results of a search, even if it finds more. */
export const PAGEABLE_RESULTS = 1000;

const API_SLUGS = [
  'invalid-request',
  'missing-token',
  'invalid-token',
  'insufficient-permission',
  'organization-token',
  'no-such-user',
  'self-deletion',
  'own-account',
  'protected-user',
  'no-password',
  'no-email',
  'no-verification',
  'connection-required',
  'not-in-plan',
  'tenant-refused',
  'tenant-unavailable',
  'outcome-unknown',
  'tenant-rate-limited',
  'too-many-exports',
  'vault-unavailable',
  'misconfigured',
  'tenant-timeout',
  'unexpected',
] as const;

/** The kinds of problems: those that the API reports, and those that the page detects itself. */
export type Slug =
  | (typeof API_SLUGS)[number]
  | 'session-ended'
  | 'sign-in-unavailable'
  | 'offline'
  | 'unreachable'
  | 'unreadable'
  | 'not-found'
  | 'incomplete-export';

/** A failure to show: problem details of the API (RFC 9457), or the page's own in the same form. */
export interface Problem {
  slug: Slug;
  title: string;
  detail: string;
  status?: number;
  traceId?: string;
  /** The errors of each parameter. */
  errors?: Record<string, string[]>;
  /** Seconds to wait before a retry. */
  retryAfter?: number;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
  }
}

export interface ListParameters {
  page: number;
  perPage: number;
  q?: string;
  sort?: string;
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

export interface Api {
  listUsers(parameters: ListParameters): Promise<UserPage>;
  deleteUser(id: string): Promise<void>;
  /** All users that match a search, including those after the first thousand. Throws if the export is incomplete. */
  exportUsers(parameters: ExportParameters): AsyncGenerator<User, void, undefined>;
}

// In milliseconds. The API itself times out after ten seconds, so after thirty the response is lost.
const REQUEST_TIMEOUT = 30_000;

/**
 * @param base The URL of the functions, without a trailing slash.
 * @param token Returns an access token: a new one if `fresh`, because the API rejected the cached one. Throws an ApiError on failure.
 */
export function createApi(base: string, token: (fresh: boolean) => Promise<string>, fetch = globalThis.fetch): Api {
  async function attempt(path: string, init: RequestInit, fresh: boolean): Promise<Response> {
    const authorization = `Bearer ${await token(fresh)}`;
    init.signal?.throwIfAborted();
    return fetch(base + path, { ...init, headers: { Authorization: authorization }, credentials: 'omit' });
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

  return {
    async listUsers({ page, perPage, q, sort, signal }) {
      const parameters = new URLSearchParams({ page: `${page}`, per_page: `${perPage}`, include_totals: 'true' });
      if (q) parameters.set('q', q);
      if (sort) parameters.set('sort', sort);

      return guard(signal, async () => {
        const response = await send(`/users?${parameters}`, { signal: withTimeout(signal) });
        const body = await readJson(response);
        if (!isUserPage(body)) {
          throw new ApiError({
            slug: 'unreadable',
            title: 'Unexpected response',
            detail: 'The response did not come from the API. Check that "api" in config.json is the URL of the functions.',
            status: response.status,
          });
        }
        return body;
      });
    },

    async deleteUser(id) {
      await guard(undefined, () => send(`/users/${segmentOf(id)}`, { method: 'DELETE', signal: withTimeout() }));
    },

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

function withTimeout(signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

async function readProblem(response: Response): Promise<Problem> {
  const body = await readJson(response);
  const problem = isObject(body) && typeof body.title === 'string' ? toProblem(body) : problemOfStatus(response.status);
  // A browser hides the header of a cross-origin response unless the API exposes it, so the body has the value too.
  problem.retryAfter ??= seconds(response.headers.get('Retry-After'));
  if (problem.slug === 'tenant-rate-limited') problem.retryAfter ??= 10;
  return problem;
}

function toProblem(body: Record<string, unknown>): Problem {
  const slug = text(body.type)?.split(':').at(-1);
  return {
    slug: API_SLUGS.find((known) => known === slug) ?? 'unexpected',
    title: text(body.title) ?? 'Something went wrong',
    detail: text(body.detail) ?? '',
    status: typeof body.status === 'number' ? body.status : undefined,
    traceId: text(body.traceId),
    errors: isObject(body.errors) ? (body.errors as Record<string, string[]>) : undefined,
    retryAfter: seconds(body.retryAfter),
  };
}

function problemOfStatus(status: number): Problem {
  return status === 404
    ? {
        slug: 'not-found',
        title: 'The API does not have this function',
        detail: 'Check that "api" in config.json is the URL of the functions, and that they are not older than this page.',
        status,
      }
    : { slug: 'unexpected', title: 'Something went wrong', detail: `The API responded with status ${status} and no details.`, status };
}

function unreachable(): Problem {
  return {
    slug: 'unreachable',
    title: 'The API cannot be reached',
    detail: 'The API does not respond, or it does not allow requests from this page.',
  };
}

function offline(): Problem {
  return { slug: 'offline', title: 'You are offline', detail: 'There is no network connection.' };
}

function incompleteExport(users: number): Problem {
  return {
    slug: 'incomplete-export',
    title: 'The export is incomplete',
    detail: `It stopped after ${users.toLocaleString()} users, before the API confirmed that it was complete.`,
  };
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

/** Returns the body, or undefined if it is not JSON. Throws if the connection breaks. */
async function readJson(response: Response): Promise<unknown> {
  const body = await response.text();
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isUserPage(body: unknown): body is UserPage {
  return isObject(body) && typeof body.total === 'number' && Array.isArray(body.users);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === 'number' || (typeof value === 'string' && value !== '') ? Math.ceil(Number(value)) : NaN;
  return number >= 0 ? number : undefined;
}
