import { beforeEach, expect, test } from 'vitest';
import { NO_FILTERS } from '../src/users/filters';
import { format, lastPage, parse, write } from '../src/users/urlState';

beforeEach(() => history.replaceState(null, '', '/'));

const defaults = { q: '', raw: false, ...NO_FILTERS, sort: 'created_at:-1', page: 0, perPage: 50, user: '' };

test('an empty query string is the default state, and the default state is an empty query string', () => {
  expect(parse('')).toEqual(defaults);
  expect(format(defaults)).toBe('');
});

test('a state survives a round trip', () => {
  for (const q of ['ann smith', 'a&b=c#d?e', 'name:"x" AND +y', '%41', '👩', ' ']) {
    const state = { ...defaults, q, raw: true, sort: 'name:1', page: 3, perPage: 25 };
    expect(parse(format(state))).toEqual(state);
  }
});

test('filters and the open user survive a round trip', () => {
  const state = {
    ...defaults,
    connection: 'a&b',
    blocked: true,
    unverified: true,
    never: true,
    notSince: '2026-01-31',
    createdFrom: '2025-01-01',
    createdTo: '2025-12-31',
    user: 'samlp|x|a/b c',
  };
  expect(parse(format(state))).toEqual(state);
  expect(format({ ...defaults, blocked: true, unverified: true })).toBe('?blocked=true&email_verified=false');
});

test.each([
  ['?not_since=yesterday', defaults],
  ['?created_from=2026-02-30&created_to=0000-01-01', defaults],
  ['?blocked=false&email_verified=true&never=true', defaults],
  ['?page=-1', defaults],
  ['?page=1.5', defaults],
  ['?page=1e3', defaults],
  ['?page=99999999999999', defaults],
  ['?per_page=0', defaults],
  ['?per_page=51', defaults],
  ['?per_page=1000', defaults],
  ['?sort=name', defaults],
  ['?sort=name:2', defaults],
  ['?sort=name:1:1', { ...defaults, sort: 'name:1' }],
  ['?sort=__proto__:1', defaults],
  ['?sort=user_metadata.x:1', defaults],
  ['?raw=true', defaults],
  ['?code=abc&state=xyz', defaults],
  ['?q=ann&code=abc&state=xyz', { ...defaults, q: 'ann' }],
])('invalid values in %s are ignored', (address, state) => {
  expect(parse(address)).toEqual(state);
});

test('a page after the first thousand results becomes the last available one', () => {
  expect(parse('?page=20').page).toBe(19);
  expect(parse('?page=5000&per_page=100').page).toBe(9);
});

test('the last page ends with the last result or the thousandth', () => {
  expect(lastPage(50, 0)).toBe(0);
  expect(lastPage(50, 50)).toBe(0);
  expect(lastPage(50, 51)).toBe(1);
  expect(lastPage(25, 1200)).toBe(39);
});

test('push adds a history entry unless the URL is the same, and replace adds none', () => {
  const before = history.length;
  write({ ...defaults, q: 'a' }, 'replace');
  write({ ...defaults, q: 'an' }, 'replace');
  expect(history.length).toBe(before);
  write({ ...defaults, q: 'an', page: 1 }, 'push');
  write({ ...defaults, q: 'an', page: 1 }, 'push');
  expect(history.length).toBe(before + 1);
  expect(location.search).toBe('?q=an&page=1');
});
