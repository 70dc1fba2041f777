import { beforeEach, expect, test, vi } from 'vitest';

beforeEach(() => {
  vi.resetModules();
  vi.useRealTimers();
  sessionStorage.clear();
});

const load = () => import('../src/deleted');

test('a deletion outlives a reload, for ten minutes', async () => {
  (await load()).rememberDeleted('a|1');
  vi.resetModules();
  const { isDeleted } = await load();
  expect(isDeleted({ user_id: 'a|1' })).toBe(true);
  expect(isDeleted({ user_id: 'a|2' })).toBe(false);
  vi.useFakeTimers({ now: Date.now() + 11 * 60_000 });
  expect(isDeleted({ user_id: 'a|1' })).toBe(false);
});

test('who signs up again after the deletion is there', async () => {
  const { isDeleted, rememberDeleted } = await load();
  rememberDeleted('google-oauth2|1');
  expect(isDeleted({ user_id: 'google-oauth2|1', created_at: '2020-01-01T00:00:00.000Z' })).toBe(true);
  expect(isDeleted({ user_id: 'google-oauth2|1', created_at: new Date(Date.now() + 5000).toISOString() })).toBe(false);
});

test('what somebody else left in the storage does no harm', async () => {
  for (const junk of ['{', 'null', '{}', '[1]', '[["a"]]']) {
    sessionStorage.setItem('deleted-users', junk);
    vi.resetModules();
    expect((await load()).isDeleted({ user_id: 'a' })).toBe(false);
  }
});
