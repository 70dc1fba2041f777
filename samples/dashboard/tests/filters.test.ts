import { expect, test } from 'vitest';
import { chipsOf, type Filters, filterQuery, isDay, NO_FILTERS } from '../src/users/filters';

const queryOf = (filters: Partial<Filters>) => filterQuery({ ...NO_FILTERS, ...filters });
const labelsOf = (filters: Partial<Filters>) => chipsOf({ ...NO_FILTERS, ...filters }).map(({ label }) => label);
const startOf = (year: number, month: number, day: number) => new Date(year, month - 1, day).toISOString();

test('without filters, the query is empty', () => {
  expect(queryOf({})).toBe('');
  expect(labelsOf({})).toEqual([]);
});

test('all filters must match', () => {
  expect(queryOf({ connection: 'contoso', blocked: true, unverified: true })).toBe(
    'identities.connection:"contoso" AND blocked:true AND email_verified:false',
  );
});

test('the name of a connection cannot leave its quotation marks', () => {
  expect(queryOf({ connection: 'a" OR "\\' })).toBe('identities.connection:"a\\" OR \\"\\\\"');
});

test('users who never logged in are found alone, together with those who have not for long, or not at all', () => {
  const day = startOf(2026, 1, 31);
  expect(queryOf({ never: true })).toBe('(NOT last_login:[1970-01-01 TO *])');
  expect(queryOf({ never: true, notSince: '2026-01-31' })).toBe(`(NOT last_login:[${day} TO *])`);
  expect(queryOf({ notSince: '2026-01-31' })).toBe(`last_login:[1970-01-01 TO ${day}}`);
  expect(labelsOf({ never: true })).toEqual(['Never logged in']);
  expect(labelsOf({ never: true, notSince: '2026-01-31' })[0]).toMatch(/^Not logged in since .*2026, or never$/);
  expect(labelsOf({ notSince: '2026-01-31' })[0]).toMatch(/2026, but before$/);
});

test('a period of creation includes its first and its last day, and can be open', () => {
  expect(queryOf({ createdFrom: '2026-01-01', createdTo: '2026-01-31' })).toBe(
    `created_at:[${startOf(2026, 1, 1)} TO ${startOf(2026, 2, 1)}}`,
  );
  expect(queryOf({ createdFrom: '2026-01-01' })).toBe(`created_at:[${startOf(2026, 1, 1)} TO *]`);
  expect(queryOf({ createdTo: '2026-12-31' })).toBe(`created_at:[* TO ${startOf(2027, 1, 1)}}`);
});

test('removing every chip removes every filter', () => {
  let filters: Filters = {
    connection: 'contoso',
    blocked: true,
    unverified: true,
    never: true,
    notSince: '2026-01-31',
    createdFrom: '2026-01-01',
    createdTo: '2026-01-31',
  };
  expect(chipsOf(filters)).toHaveLength(5);
  for (const { without } of chipsOf(filters)) filters = { ...filters, ...without };
  expect(filters).toEqual(NO_FILTERS);
});

test('only days that exist are days', () => {
  expect(['2026-01-31', '2024-02-29'].map(isDay)).toEqual([true, true]);
  for (const text of ['', '2026-02-30', '2026-1-1', '2026-13-01', '0001-01-01', 'x2026-01-01']) expect(isDay(text)).toBe(false);
});
