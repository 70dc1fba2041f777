import { expect, test, vi } from 'vitest';
import type { Api, ListParameters, User, UserPage } from '../src/api/client';
import { ApiError, type Problem } from '../src/api/problems';
import { rememberDeleted } from '../src/users/deleted';
import { rememberLatest } from '../src/users/latest';
import { useUsers } from '../src/users/useUsers';
import { useScope } from './useScope';

/** An API whose responses the test sends at any time and in any order. */
function slowApi() {
  const calls: {
    parameters: ListParameters;
    answer(users: string[], total?: number): Promise<void>;
    fail(problem: Partial<Problem>): Promise<void>;
  }[] = [];
  const api = {
    listUsers: (parameters: ListParameters) =>
      new Promise<UserPage>((resolve, reject) => {
        calls.push({
          parameters,
          answer: async (ids, total = ids.length) => {
            const users: User[] = ids.map((user_id) => ({ user_id }));
            resolve({ start: parameters.page * parameters.perPage, limit: parameters.perPage, length: users.length, total, users });
            await vi.advanceTimersByTimeAsync(0);
          },
          fail: async (problem) => {
            reject(new ApiError({ slug: 'unexpected', title: '', detail: '', ...problem }));
            await vi.advanceTimersByTimeAsync(0);
          },
        });
      }),
  } as Partial<Api> as Api;
  return { api, calls };
}

const scope = useScope();
const ids = (list: ReturnType<typeof useUsers>) => list.users.value.map((user) => user.user_id);

function start(address = '/') {
  history.replaceState(null, '', address);
  const { api, calls } = slowApi();
  return { list: scope.run(() => useUsers(api)), calls };
}

test('the list starts in the state of the URL', async () => {
  const { list, calls } = start('/?q=blocked:true&raw=1&sort=name:1&page=2&per_page=10&code=x&state=y');
  expect(list.view.value).toBe('loading');
  expect(calls[0]!.parameters).toMatchObject({ q: 'blocked:true', sort: 'name:1', page: 2, perPage: 10 });
  expect(location.search).toBe('?q=blocked%3Atrue&raw=1&sort=name%3A1&page=2&per_page=10');
  await calls[0]!.answer(['a|1'], 21);
  expect(list.view.value).toBe('list');
  expect(list.total.value).toBe(21);
});

test('typing cancels the previous request and sends one after a pause', async () => {
  const { list, calls } = start();
  list.search('a');
  expect(calls[0]!.parameters.signal!.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(100);
  list.search('an');
  list.search('ann');
  expect(location.search).toBe('?q=ann');
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toHaveLength(2);
  expect(calls[1]!.parameters.q).toContain('"ann"');
});

test('a late response is ignored', async () => {
  const { list, calls } = start();
  list.sortBy('name');
  await calls[1]!.answer(['new|1']);
  await calls[0]!.answer(['old|1']);
  expect(ids(list)).toEqual(['new|1']);
  list.sortBy('email');
  list.sortBy('logins_count');
  await calls[3]!.answer(['newer|1']);
  await calls[2]!.fail({ slug: 'tenant-timeout' });
  expect(list.problem.value).toBeUndefined();
  expect(ids(list)).toEqual(['newer|1']);
});

test('the old rows stay while the next ones load', async () => {
  const { list, calls } = start();
  await calls[0]!.answer(['a|1'], 100);
  void list.setPage(1);
  expect(list.loading.value).toBe(true);
  expect(ids(list)).toEqual(['a|1']);
});

test('a problem removes the rows', async () => {
  const { list, calls } = start();
  await calls[0]!.answer(['a|1'], 100);
  void list.setPage(1);
  await calls[1]!.fail({ slug: 'tenant-timeout' });
  expect(list.view.value).toBe('problem');
  expect(ids(list)).toEqual([]);
  void list.load();
  await calls[2]!.answer(['a|2'], 100);
  expect(list.view.value).toBe('list');
});

test('a problem with the query is reported separately and keeps the rows', async () => {
  const { list, calls } = start('/?raw=1');
  await calls[0]!.answer(['a|1']);
  list.search('name:"');
  await vi.advanceTimersByTimeAsync(1000);
  await calls[1]!.fail({ slug: 'invalid-request', detail: 'No.' });
  expect(list.queryProblem.value?.detail).toBe('No.');
  expect(list.view.value).toBe('list');
});

test('an empty result and an empty tenant are different views', async () => {
  const { list, calls } = start('/?q=zzz');
  await calls[0]!.answer([]);
  expect(list.view.value).toBe('nothing-found');
  void list.clear();
  await calls[1]!.answer([]);
  expect(list.view.value).toBe('empty');
});

test('a page that no longer exists becomes the last page', async () => {
  const { list, calls } = start('/?page=9');
  await calls[0]!.answer([], 120);
  expect(calls[1]!.parameters.page).toBe(2);
  expect(location.search).toBe('?page=2');
  await calls[1]!.answer(['a|1'], 120);
  expect(list.view.value).toBe('list');
});

test('a total of exactly 1000 may be more, even after a deletion', async () => {
  const { list, calls } = start();
  await calls[0]!.answer(['gone|2', 'here|1'], 1000);
  expect(list.totalIsMinimum.value).toBe(true);
  rememberDeleted('gone|2');
  expect(list.total.value).toBe(999);
  expect(list.totalIsMinimum.value).toBe(true);
  for (const total of [999, 1001]) {
    void list.load();
    await calls.at(-1)!.answer(['here|1'], total);
    expect(list.totalIsMinimum.value).toBe(false);
  }
});

test('sorting by the same column again reverses the order', () => {
  const { list, calls } = start();
  list.sortBy('name');
  list.sortBy('name');
  list.sortBy('last_login');
  expect(calls.slice(1).map((call) => call.parameters.sort)).toEqual(['name:1', 'name:-1', 'last_login:-1']);
});

test('changing the query syntax loads the list again, unless the search is empty', () => {
  const { list, calls } = start();
  list.setRaw(true);
  expect(location.search).toBe('?raw=1');
  expect(calls).toHaveLength(1);
  list.search('ann');
  list.setRaw(false);
  expect(calls).toHaveLength(2);
  expect(calls[1]!.parameters.q).toContain('name:ann*');
});

test('going back shows the previous list', async () => {
  const { list, calls } = start('/?q=ann');
  history.replaceState(null, '', '/?q=bob&page=1');
  dispatchEvent(new Event('popstate'));
  expect(list.state).toMatchObject({ q: 'bob', page: 1 });
  expect(calls.at(-1)!.parameters.page).toBe(1);
});

test('opening a user leaves the list as it is, and going back closes them', async () => {
  const { list, calls } = start('/?q=ann');
  list.open('a|1');
  list.open('a|2');
  expect(location.search).toBe('?q=ann&user=a%7C2');
  history.replaceState(null, '', '/?q=ann');
  dispatchEvent(new Event('popstate'));
  expect(list.state.user).toBe('');
  expect(calls).toHaveLength(1);
});

test('a user who is open stays open while the list changes, and then closes in it', () => {
  const back = vi.spyOn(history, 'back');
  const { list } = start();
  list.open('a|1');
  list.sortBy('name');
  expect(location.search).toBe('?sort=name%3A1&user=a%7C1');
  list.close();
  expect(location.search).toBe('?sort=name%3A1');
  expect(back).not.toHaveBeenCalled();
});

test('a search without results is shown only once nobody types any more', async () => {
  const { list, calls } = start();
  await calls[0]!.answer(['a|1']);
  list.search('x');
  await vi.advanceTimersByTimeAsync(300);
  await calls[1]!.answer([]);
  expect(ids(list)).toEqual(['a|1']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(list.view.value).toBe('nothing-found');

  list.search('y');
  void list.load();
  await calls[2]!.answer([]);
  expect(list.page.value?.searched).toBe('y');
});

test('filters and the search are one query, in which neither undoes the other', () => {
  const { list, calls } = start(`/?raw=1&q=${encodeURIComponent('a OR b')}&blocked=true`);
  expect(calls[0]!.parameters.q).toBe('(a OR b) AND blocked:true');
  void list.filter({ blocked: false });
  expect(calls[1]!.parameters.q).toBe('a OR b');
  expect(location.search).toBe('?q=a+OR+b&raw=1');
});

test('a user who was read by ID is listed as they were read, until the list is newer', async () => {
  const { list, calls } = start();
  await calls[0]!.answer(['fresh|1']);
  rememberLatest({ user_id: 'fresh|1', blocked: true, updated_at: '2026-01-02T00:00:00.000Z' });
  expect(list.users.value[0]!.blocked).toBe(true);
});

test('a deleted user disappears at once and stays hidden while the index lags', async () => {
  const { list, calls } = start();
  await calls[0]!.answer(['gone|1', 'here|1'], 60);
  rememberDeleted('gone|1');
  expect(ids(list)).toEqual(['here|1']);
  expect(list.total.value).toBe(59);
  void list.load();
  await calls[1]!.answer(['gone|1', 'here|1'], 60);
  expect(ids(list)).toEqual(['here|1']);
  void list.load();
  await calls[2]!.answer(['here|1'], 59);
  expect(list.total.value).toBe(59);
});

test('when the last row of a page is deleted, the previous page is shown', async () => {
  const { list, calls } = start('/?page=1');
  await calls[0]!.answer(['last|1'], 51);
  rememberDeleted('last|1');
  list.leaveEmptyPage();
  expect(calls[1]!.parameters.page).toBe(0);
});

test('after disposal, nothing is loaded', async () => {
  const { list, calls } = start();
  list.search('ann');
  scope.stop();
  await vi.advanceTimersByTimeAsync(1000);
  dispatchEvent(new Event('popstate'));
  expect(calls).toHaveLength(1);
});
