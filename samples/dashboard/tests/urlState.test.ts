import { beforeEach, expect, test } from 'vitest';
import { format, lastPage, parse, write } from '../src/urlState';

beforeEach(() => history.replaceState(null, '', '/'));

const start = { q: '', raw: false, sort: 'created_at:-1', page: 0, perPage: 50 };

test('an address without anything is the start, and the start is an address without anything', () => {
  expect(parse('')).toEqual(start);
  expect(format(start)).toBe('');
});

test('a state comes back as it was', () => {
  for (const q of ['ann smith', 'a&b=c#d?e', 'name:"x" AND +y', '%41', '👩', ' ']) {
    const state = { q, raw: true, sort: 'name:1', page: 3, perPage: 25 };
    expect(parse(format(state))).toEqual(state);
  }
});

test.each([
  ['?page=-1', start],
  ['?page=1.5', start],
  ['?page=1e3', start],
  ['?page=99999999999999', start],
  ['?per_page=0', start],
  ['?per_page=51', start],
  ['?per_page=1000', start],
  ['?sort=name', start],
  ['?sort=name:2', start],
  ['?sort=name:1:1', { ...start, sort: 'name:1' }],
  ['?sort=__proto__:1', start],
  ['?sort=user_metadata.x:1', start],
  ['?raw=true', start],
  ['?code=abc&state=xyz', start],
  ['?q=ann&code=abc&state=xyz', { ...start, q: 'ann' }],
])('%s makes sense only as far as it does', (address, state) => {
  expect(parse(address)).toEqual(state);
});

test('a page past the first thousand results is the last one there is', () => {
  expect(parse('?page=20').page).toBe(19);
  expect(parse('?page=5000&per_page=100').page).toBe(9);
});

test('the last page ends with the results, or with the thousandth', () => {
  expect(lastPage(50, 0)).toBe(0);
  expect(lastPage(50, 50)).toBe(0);
  expect(lastPage(50, 51)).toBe(1);
  expect(lastPage(25, 1200)).toBe(39);
});

test('a step can be taken back, typing cannot, and to stand still is no step', () => {
  const before = history.length;
  write({ ...start, q: 'a' }, 'replace');
  write({ ...start, q: 'an' }, 'replace');
  expect(history.length).toBe(before);
  write({ ...start, q: 'an', page: 1 }, 'push');
  write({ ...start, q: 'an', page: 1 }, 'push');
  expect(history.length).toBe(before + 1);
  expect(location.search).toBe('?q=an&page=1');
});
