// The one place that knows the API's contract: paths, parameters, JSON, problems.

/** An account of a user at an identity provider. */
export interface Identity {
  connection?: string;
  provider?: string;
  /** A number at some providers. */
  user_id?: string | number;
  isSocial?: boolean;
}

/** A user, by Auth0's names. What Auth0 does not know is left out. */
export interface User {
  user_id: string;
  email?: string;
  email_verified?: boolean;
  username?: string;
  phone_number?: string;
  phone_verified?: boolean;
  name?: string;
  given_name?: string;
  family_name?: string;
  nickname?: string;
  picture?: string;
  created_at?: string;
  updated_at?: string;
  last_login?: string;
  last_ip?: string;
  logins_count?: number;
  blocked?: boolean;
  identities?: Identity[];
}

export interface UserPage {
  start: number;
  limit: number;
  length: number;
  total: number;
  users: User[];
}

/** How many results of a search Auth0 lets anyone page through, whatever their number. */
export const PAGEABLE_RESULTS = 1000;

const API_SLUGS = [
  'invalid-request',
  'missing-token',
  'invalid-token',
  'insufficient-permission',
  'organization-token',
  'self-deletion',
  'protected-user',
  'tenant-refused',
  'tenant-unavailable',
  'tenant-rate-limited',
  'too-many-exports',
  'vault-unavailable',
  'misconfigured',
  'tenant-timeout',
  'unexpected',
] as const;

/** The kinds of problems: the API's, and those that keep its answer from coming or from being one. */
export type Slug =
  | (typeof API_SLUGS)[number]
  | 'session-ended'
  | 'sign-in-unavailable'
  | 'offline'
  | 'unreachable'
  | 'unreadable'
  | 'not-found'
  | 'incomplete-export';

/** A failure as one shows it (RFC 9457, or in its manner). */
export interface Problem {
  slug: Slug;
  title: string;
  detail: string;
  status?: number;
  traceId?: string;
  /** What is wrong with each parameter. */
  errors?: Record<string, string[]>;
  /** Seconds until another try makes sense. */
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
  signal?: AbortSignal;
}

export interface Api {
  listUsers(parameters: ListParameters): Promise<UserPage>;
  deleteUser(id: string): Promise<void>;
  /** Every user of a search, past the first thousand too. Ends only when all have come, else throws. */
  exportUsers(parameters: ExportParameters): AsyncGenerator<User, void, undefined>;
}

// The API gives up after ten seconds. What takes much longer got lost on the way.
const PATIENCE = 30_000;

/**
 * @param base Where the functions are, without a slash at the end.
 * @param token Gets an access token, a fresh one when the present one was refused; throws an ApiError when it cannot.
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
        const response = await send(`/users?${parameters}`, { signal: withPatience(signal) });
        const body = await readJson(response);
        if (!isUserPage(body)) {
          throw new ApiError({
            slug: 'unreadable',
            title: 'This is no list of users',
            detail: 'What answered is not the API. See that api in config.json is the address of the functions.',
            status: response.status,
          });
        }
        return body;
      });
    },

    async deleteUser(id) {
      await guard(undefined, () => send(`/users/${segmentOf(id)}`, { method: 'DELETE', signal: withPatience() }));
    },

    async *exportUsers({ q, signal }) {
      const parameters = new URLSearchParams({ format: 'ndjson', end: 'true' });
      if (q) parameters.set('q', q);

      const response = await guard(signal, () => send(`/users/export?${parameters}`, { signal: signal ?? null }));
      const lines = readLines(response);
      let users = 0;
      try {
        for (;;) {
          const { value: line, done } = await guard(signal, () => lines.next());
          const entry = done ? undefined : parseLine(line);
          // Only the line that says how many there were says that none is missing.
          if (isObject(entry?.end) && entry.end.users === users) return;
          if (isObject(entry?.error)) throw new ApiError(toProblem(entry.error));
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
 * A user ID as a part of the path. What servers on the way may decode, such as a slash, or change goes in base64url after a ~,
 * which the API takes as well.
 */
function segmentOf(id: string): string {
  if (/^[A-Za-z0-9|._@+-]+$/.test(id)) return encodeURIComponent(id);
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(id)));
  return `~${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Turns what fetch throws into a problem. An abort that the caller wanted stays what it is. */
async function guard<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw new ApiError(navigator.onLine ? unreachable() : offline());
  }
}

function withPatience(signal?: AbortSignal): AbortSignal {
  const patience = AbortSignal.timeout(PATIENCE);
  return signal ? AbortSignal.any([signal, patience]) : patience;
}

async function readProblem(response: Response): Promise<Problem> {
  const body = await readJson(response);
  const problem = isObject(body) && typeof body.title === 'string' ? toProblem(body) : unexplained(response.status);
  // Where the API is on another origin, the browser shows the header only if the API exposes it: hence the member.
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

function unexplained(status: number): Problem {
  return status === 404
    ? {
        slug: 'not-found',
        title: 'The API does not have this',
        detail: 'There is no such function. See that api in config.json is the address of the functions, and that they are as new as this page.',
        status,
      }
    : { slug: 'unexpected', title: 'Something went wrong', detail: `The answer has status ${status} and says no more.`, status };
}

function unreachable(): Problem {
  return { slug: 'unreachable', title: 'The API cannot be reached', detail: 'It does not answer, or it does not allow this page to call it.' };
}

function offline(): Problem {
  return { slug: 'offline', title: 'You are offline', detail: 'There is no connection to the network.' };
}

function incompleteExport(users: number): Problem {
  return { slug: 'incomplete-export', title: 'The export broke off', detail: `It ended after ${users.toLocaleString()} users without having told that these are all.` };
}

/** The lines of a body, as they come. */
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
    // Who stops reading ends the request.
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

/** The body, if it is JSON. A connection that breaks meanwhile is an error all the same. */
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
