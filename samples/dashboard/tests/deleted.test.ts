import { beforeEach, expect, test, vi } from 'vitest';

const ADA = 'auth0|ada';
const BOB = 'auth0|bob';

beforeEach(() => {
  vi.resetModules();
  vi.useRealTimers();
  sessionStorage.clear();
});

const load = () => import('../src/users/deleted');

/** Reloads the page with this account signed in. */
async function reload(sub: string) {
  vi.resetModules();
  const deleted = await load();
  deleted.rememberFor(sub);
  return deleted;
}

test('a deletion is remembered across a reload, for ten minutes', async () => {
  (await reload(ADA)).rememberDeleted('a|1');
  const { isDeleted } = await reload(ADA);
  expect(isDeleted({ user_id: 'a|1' })).toBe(true);
  expect(isDeleted({ user_id: 'a|2' })).toBe(false);
  vi.useFakeTimers({ now: Date.now() + 11 * 60_000 });
  expect(isDeleted({ user_id: 'a|1' })).toBe(false);
});

test('a user who signs up again after the deletion is not deleted', async () => {
  const { isDeleted, rememberDeleted } = await load();
  rememberDeleted('google-oauth2|1');
  expect(isDeleted({ user_id: 'google-oauth2|1', created_at: '2020-01-01T00:00:00.000Z' })).toBe(true);
  expect(isDeleted({ user_id: 'google-oauth2|1', created_at: new Date(Date.now() + 5000).toISOString() })).toBe(false);
});

test('another account in the same tab does not see the deletions of the first, which still sees them', async () => {
  (await reload(ADA)).rememberDeleted('a|1');
  const deleted = await reload(BOB);
  expect(deleted.isDeleted({ user_id: 'a|1' })).toBe(false);
  deleted.rememberDeleted('a|2');
  deleted.rememberFor(ADA);
  expect(deleted.isDeleted({ user_id: 'a|1' })).toBe(true);
  expect(deleted.isDeleted({ user_id: 'a|2' })).toBe(false);
});

test('nothing is stored before sign-in', async () => {
  const { isDeleted, rememberDeleted } = await load();
  rememberDeleted('a|1');
  expect(isDeleted({ user_id: 'a|1' })).toBe(true);
  expect(sessionStorage).toHaveLength(0);
});

test('signing out removes all stored IDs', async () => {
  sessionStorage.setItem('deleted-users', '[["a|0",1]]');
  sessionStorage.setItem('of-another-app', 'stays');
  (await reload(ADA)).rememberDeleted('a|1');
  const { forgetDeleted, isDeleted } = await reload(BOB);
  forgetDeleted();
  expect(Object.keys(sessionStorage)).toEqual(['of-another-app']);
  expect(isDeleted({ user_id: 'a|1' })).toBe(false);
  expect((await reload(ADA)).isDeleted({ user_id: 'a|1' })).toBe(false);
});

test('invalid data in storage is ignored', async () => {
  for (const junk of ['{', 'null', '{}', '[1]', '[["a"]]']) {
    sessionStorage.setItem(`deleted-users:${ADA}`, junk);
    expect((await reload(ADA)).isDeleted({ user_id: 'a' })).toBe(false);
  }
});
