import { afterEach, expect, test, vi } from 'vitest';
import { type Api, createApi, type User } from '../src/api/client';
import { ApiError, type Problem } from '../src/api/problems';

const BASE = 'https://api.example/api';

function answer(body: unknown, init: ResponseInit = {}): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), init);
}

function problem(slug: string, status: number, members: object = {}, headers: HeadersInit = {}): Response {
  return answer(
    { type: `urn:admin-functions:problem:${slug}`, title: 'Title', status, detail: 'Detail.', traceId: 'abc', ...members },
    { status, headers: { 'Content-Type': 'application/problem+json', ...headers } },
  );
}

/** An API client that gets these responses in order, without a network. */
function apiOf(...answers: (Response | Error | (() => Response | Promise<Response>))[]) {
  const fetch = vi.fn(async (_: RequestInfo | URL, __?: RequestInit) => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return typeof next === 'function' ? next() : next!;
  });
  const token = vi.fn(async (fresh: boolean) => (fresh ? 'fresh' : 'cached'));
  return { api: createApi(BASE, token, fetch), fetch, token, request: (at = 0) => fetch.mock.calls[at]! };
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ApiError);
  return (error as ApiError).problem;
}

const EMPTY = { start: 0, limit: 50, length: 0, total: 0, users: [] };
const LIST = { page: 0, perPage: 50 };

afterEach(() => vi.restoreAllMocks());

test('listing users requests totals and encodes each parameter', async () => {
  const { api, request } = apiOf(answer(EMPTY));
  expect(await api.listUsers({ page: 2, perPage: 25, q: 'name:"a&b"', sort: 'name:-1' })).toEqual(EMPTY);
  const url = new URL(String(request()[0]));
  expect(url.origin + url.pathname).toBe(`${BASE}/users`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    page: '2',
    per_page: '25',
    include_totals: 'true',
    q: 'name:"a&b"',
    sort: 'name:-1',
  });
  expect(request()[1]?.headers).toEqual({ Authorization: 'Bearer cached' });
  expect(request()[1]?.credentials).toBe('omit');
});

test('an empty search sends no q', async () => {
  const { api, request } = apiOf(answer(EMPTY));
  await api.listUsers({ ...LIST, q: '' });
  expect(String(request()[0])).not.toMatch(/[?&]q=/);
});

test.each([
  ['auth0|5f7c8ec7c33c6c004bbafe82', 'auth0%7C5f7c8ec7c33c6c004bbafe82'],
  ['samlp|x|ann_b.c+d-e@example.com', 'samlp%7Cx%7Cann_b.c%2Bd-e%40example.com'],
])('deleting a user percent-encodes the plain ID %s', async (id, segment) => {
  const { api, request } = apiOf(new Response(null, { status: 204 }));
  await api.deleteUser(id);
  expect(String(request()[0])).toBe(`${BASE}/users/${segment}`);
  expect(request()[1]?.method).toBe('DELETE');
});

test.each([
  'oidc|acme|https://idp.example/users/ann',
  'samlp|x|X\\ann',
  'samlp|x|100%2F',
  'samlp|x|a b',
  'a|~~~???',
  'waad|Žofie 🦉',
  `a|${'é'.repeat(253)}`,
  'a|b\n',
])('deleting a user encodes the ID %j as base64url, so that no proxy changes it', async (id) => {
  const { api, request } = apiOf(new Response(null, { status: 204 }));
  await api.deleteUser(id);
  expect(String(request()[0])).toBe(`${BASE}/users/~${Buffer.from(id).toString('base64url')}`);
});

test.each<[string, (api: Api) => Promise<unknown>, object, string, string | undefined]>([
  ['GET /me', (api) => api.getMe(), { sub: 'a|b', permissions: [] }, '/me', undefined],
  ['GET /users/a%7Cb', (api) => api.getUser('a|b'), { user_id: 'a|b' }, '/users/a%7Cb?blocks=true', undefined],
  [
    'GET /users/a%7Cb/log',
    (api) => api.getUserLog('a|b', { page: 1, perPage: 20 }),
    { logs: [] },
    '/users/a%7Cb/log?page=1&per_page=20&include_totals=true',
    undefined,
  ],
  ['PUT block', (api) => api.blockUser('a|b'), { blocked: true }, '/users/a%7Cb/block', 'PUT'],
  ['DELETE block', (api) => api.unblockUser('a|b'), { blocked: false }, '/users/a%7Cb/block', 'DELETE'],
  ['DELETE sessions', (api) => api.signOutUser('a|b'), { access_revocation: 'accepted' }, '/users/a%7Cb/sessions', 'DELETE'],
  ['POST password-reset', (api) => api.sendPasswordReset('a|b'), { email_request: 'accepted' }, '/users/a%7Cb/password-reset', 'POST'],
  [
    'POST verification-email',
    (api) => api.sendVerificationEmail('a|b'),
    { email_request: 'accepted' },
    '/users/a%7Cb/verification-email',
    'POST',
  ],
  ['DELETE mfa', (api) => api.resetMfa('a|b'), { authentication_methods: [] }, '/users/a%7Cb/mfa', 'DELETE'],
])('%s is sent once, with its path and method, and no other response is taken for its own', async (_, call, body, path, method) => {
  const { api, fetch, request } = apiOf(answer(body), answer({ of: 'another server' }));
  expect(await call(api)).toEqual(body);
  expect(String(request()[0])).toBe(BASE + path);
  expect(request()[1]?.method).toBe(method);
  expect(request()[1]?.body).toBeUndefined();
  expect((await problemOf(call(api))).slug).toBe('unreadable');
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('a password reset can name the connection', async () => {
  const { api, request } = apiOf(answer({ email_request: 'accepted' }));
  await api.sendPasswordReset('a|b', 'staff');
  expect(request()[1]?.body).toBe('{"connection":"staff"}');
  expect(request()[1]?.headers).toEqual({ Authorization: 'Bearer cached', 'Content-Type': 'application/json' });
});

test('without a token, as after signing out in another tab, nothing is sent', async () => {
  const { api, token, fetch } = apiOf();
  token.mockRejectedValue(new ApiError({ slug: 'session-ended', title: '', detail: '' }));
  expect((await problemOf(api.deleteUser('a|b'))).slug).toBe('session-ended');
  expect((await problemOf(api.blockUser('a|b'))).slug).toBe('session-ended');
  expect(fetch).not.toHaveBeenCalled();
});

test('a rejected token is replaced by a fresh one, once', async () => {
  const { api, request, fetch } = apiOf(problem('invalid-token', 401), answer(EMPTY));
  await api.listUsers(LIST);
  expect(request(1)[1]?.headers).toEqual({ Authorization: 'Bearer fresh' });

  const stubborn = apiOf(problem('invalid-token', 401), problem('invalid-token', 401));
  expect((await problemOf(stubborn.api.listUsers(LIST))).slug).toBe('invalid-token');
  expect(stubborn.fetch).toHaveBeenCalledTimes(2);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('if no fresh token is available, that is the problem', async () => {
  const { api, token, fetch } = apiOf(problem('invalid-token', 401));
  token.mockImplementation(async (fresh) => {
    if (fresh) throw new ApiError({ slug: 'session-ended', title: 'Your session has ended', detail: '' });
    return 'cached';
  });
  expect((await problemOf(api.listUsers(LIST))).slug).toBe('session-ended');
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('a problem of the API is passed on unchanged', async () => {
  const { api } = apiOf(problem('invalid-request', 400, { errors: { q: ['too long'] } }));
  expect(await problemOf(api.listUsers(LIST))).toEqual({
    slug: 'invalid-request',
    title: 'Title',
    detail: 'Detail.',
    status: 400,
    traceId: 'abc',
    errors: { q: ['too long'] },
    retryAfter: undefined,
  });
});

test('retryAfter comes from the body, then from the header, then from a default', async () => {
  const retryAfter = async (response: Response) => (await problemOf(apiOf(response).api.listUsers(LIST))).retryAfter;
  expect(await retryAfter(problem('tenant-rate-limited', 503, { retryAfter: 7 }, { 'Retry-After': '9' }))).toBe(7);
  expect(await retryAfter(problem('tenant-rate-limited', 503, {}, { 'Retry-After': '9' }))).toBe(9);
  expect(await retryAfter(problem('tenant-rate-limited', 503))).toBe(10);
  expect(await retryAfter(problem('tenant-rate-limited', 503, { retryAfter: 'soon' }))).toBe(10);
  expect(await retryAfter(problem('vault-unavailable', 503))).toBeUndefined();
  expect(await retryAfter(answer('busy', { status: 429, headers: { 'Retry-After': '3' } }))).toBe(3);
});

test.each([
  ['HTML', '<html><h1>Bad Gateway</h1></html>'],
  ['nothing', ''],
  ['truncated JSON', '{"title":"x'],
  ['an array', '[]'],
  ['null', 'null'],
  ['JSON that is not a problem', '{"message":"no"}'],
])('a failure whose body is %s is still a problem', async (_, body) => {
  expect(await problemOf(apiOf(answer(body, { status: 502 })).api.listUsers(LIST))).toMatchObject({ slug: 'unexpected', status: 502 });
});

test('an unknown kind of problem keeps its title and detail', async () => {
  const { api } = apiOf(problem('new-kind', 418));
  expect(await problemOf(api.listUsers(LIST))).toMatchObject({ slug: 'unexpected', title: 'Title', detail: 'Detail.' });
});

test.each(['<html>', '[]', '{}', '{"users":[]}', 'null'])('a successful response whose body is %s is not a list', async (body) => {
  expect((await problemOf(apiOf(answer(body)).api.listUsers(LIST))).slug).toBe('unreadable');
});

test('without a response, the problem is offline or unreachable', async () => {
  const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(true);
  expect((await problemOf(apiOf(new TypeError('Failed to fetch')).api.listUsers(LIST))).slug).toBe('unreachable');
  online.mockReturnValue(false);
  expect((await problemOf(apiOf(new TypeError('Failed to fetch')).api.deleteUser('a|b'))).slug).toBe('offline');
});

test('a connection that breaks during the response is unreachable', async () => {
  const { api } = apiOf(() => new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError('network error')) })));
  expect((await problemOf(api.listUsers(LIST))).slug).toBe('unreachable');
});

test('an abort is not a problem', async () => {
  const { api } = apiOf(() => Promise.reject(new DOMException('aborted', 'AbortError')));
  const controller = new AbortController();
  controller.abort();
  await expect(api.listUsers({ ...LIST, signal: controller.signal })).rejects.not.toBeInstanceOf(ApiError);
});

test('the signal aborts the request', async () => {
  const { api, fetch } = apiOf(() => new Promise<Response>(() => undefined));
  const controller = new AbortController();
  void api.listUsers({ ...LIST, signal: controller.signal }).catch(() => undefined);
  await vi.waitFor(() => expect(fetch).toHaveBeenCalled());
  const { signal } = fetch.mock.calls[0]![1]!;
  expect(signal!.aborted).toBe(false);
  controller.abort();
  expect(signal!.aborted).toBe(true);
});

// Exports

function stream(chunks: (string | Uint8Array | Error)[], onCancel = () => {}): Response {
  const encoder = new TextEncoder();
  return new Response(
    new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.close();
        else if (chunk instanceof Error) controller.error(chunk);
        else controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      },
      cancel: onCancel,
    }),
  );
}

async function exported(response: Response, users: User[] = []): Promise<User[]> {
  for await (const user of apiOf(response).api.exportUsers({})) users.push(user);
  return users;
}

test('an export yields every user, however its lines are split into chunks', async () => {
  const bytes = new TextEncoder().encode('{"user_id":"a|1","name":"Zoë 👩"}\r\n\n{"user_id":"a|2"}\n{"end":{"users":2}}');
  const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
  expect(await exported(stream(chunks))).toEqual([{ user_id: 'a|1', name: 'Zoë 👩' }, { user_id: 'a|2' }]);
});

test('an export requests the end line and cursors', async () => {
  const { api, request } = apiOf(stream(['{"end":{"users":0}}\n']));
  for await (const _ of api.exportUsers({ q: 'blocked:true' }));
  expect(String(request()[0])).toBe(`${BASE}/users/export?format=ndjson&end=true&cursors=true&q=blocked%3Atrue`);
});

test('an export goes on after a cursor, and its last line counts the users before it', async () => {
  const { api, request } = apiOf(stream(['{"user_id":"a|3"}\n{"cursor":"c2"}\n{"user_id":"a|4"}\n{"end":{"users":4}}\n']));
  const seen: string[] = [];
  const after = { cursor: 'c1', users: 2 };
  for await (const user of api.exportUsers({ after, onCursor: (cursor) => seen.push(cursor) })) seen.push(user.user_id);
  expect(seen).toEqual(['a|3', 'c2', 'a|4']);
  expect(String(request()[0])).toBe(`${BASE}/users/export?format=ndjson&end=true&cursors=true&after=c1`);
});

test.each<[string, Response]>([
  ['without its last line', stream(['{"user_id":"a|1"}\n'])],
  ['with nothing at all', stream([])],
  ['within a line', stream(['{"user_id":"a|1"}\n{"user_', 'id'])],
  ['with another number of users', stream(['{"user_id":"a|1"}\n{"end":{"users":2}}\n'])],
  ['with something else', stream(['{"user_id":"a|1"}\n<html>\n{"end":{"users":1}}\n'])],
])('an export that ends %s is incomplete', async (_, response) => {
  expect((await problemOf(exported(response))).slug).toBe('incomplete-export');
});

test('an export that fails midway reports the problem of the API', async () => {
  const users: User[] = [];
  const response = stream([
    '{"user_id":"a|1"}\n',
    '{"error":{"type":"urn:admin-functions:problem:tenant-timeout","title":"T","status":504,"detail":"D","traceId":"x"}}\n',
    new TypeError('network error'),
  ]);
  expect(await problemOf(exported(response, users))).toMatchObject({ slug: 'tenant-timeout', traceId: 'x' });
  expect(users).toHaveLength(1);
});

test('a rejected export reports when to retry', async () => {
  const response = problem('too-many-exports', 503, { retryAfter: 10 });
  const expected = { slug: 'too-many-exports', title: 'Title', detail: 'Detail.', retryAfter: 10 };
  expect(await problemOf(exported(response))).toMatchObject(expected);
});

test('an export whose connection breaks is unreachable', async () => {
  expect((await problemOf(exported(stream(['{"user_id":"a|1"}\n', new TypeError('network error')])))).slug).toBe('unreachable');
});

test('a reader who stops early ends the request', async () => {
  const onCancel = vi.fn();
  const { api } = apiOf(stream(['{"user_id":"a|1"}\n', '{"user_id":"a|2"}\n', '{"user_id":"a|3"}\n'], onCancel));
  for await (const _ of api.exportUsers({})) break;
  expect(onCancel).toHaveBeenCalled();
});
