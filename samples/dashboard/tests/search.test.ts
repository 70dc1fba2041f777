import { expect, test } from 'vitest';
import { LONGEST_QUERY, toQuery } from '../src/search';

test('an empty search finds all users', () => {
  expect(toQuery('')).toBe('');
  expect(toQuery(' \t\n')).toBe('');
});

test('a word matches the beginning of names, or a whole word in any field', () => {
  expect(toQuery('ann')).toBe(
    '(name:ann* OR given_name:ann* OR family_name:ann* OR nickname:ann* OR email:ann* OR username:ann* OR "ann")',
  );
});

test('all words must match', () => {
  expect(toQuery('  ann   smith ').match(/ AND /g)).toHaveLength(1);
  expect(toQuery('smith, ann')).toBe(toQuery('smith ann'));
  expect(toQuery('ann - smith')).toBe(toQuery('ann smith'));
});

test('fewer than three characters are not a prefix', () => {
  expect(toQuery('an')).toBe('"an"');
  expect(toQuery('Ax smith')).toContain('"Ax" AND (');
});

test('a word with an @ is an email address or the beginning of one', () => {
  expect(toQuery('ann.smith@exam')).toBe('email:ann.smith@exam*');
  expect(toQuery('ann+crm@example.com')).toBe('email:ann\\+crm@example.com*');
});

test('a number may be a phone number', () => {
  expect(toQuery('+1555')).toContain('phone_number:\\+1555*');
});

test('text with a vertical bar is an ID, including its spaces', () => {
  expect(toQuery('auth0|5f7c')).toBe('user_id:"auth0|5f7c"');
  expect(toQuery('samlp|fabrikam|zoë müller')).toBe('user_id:"samlp|fabrikam|zoë müller"');
  expect(toQuery('x|" OR "*')).toBe('user_id:"x|\\" OR \\"*"');
});

test('names in any script are prefixes', () => {
  for (const name of ['Łukasz', 'Zoë', "O'Brien", 'Ann-Marie', 'Владимир', '山田太郎']) {
    expect(toQuery(name)).toContain(`name:${name.replace('-', '\\-')}*`);
  }
});

test('operators are plain words', () => {
  expect(toQuery('OR')).toBe('"OR"');
  for (const word of ['AND', 'NOT']) expect(toQuery(word)).toContain(`OR "${word}")`);
});

test('many words fit into the longest query', () => {
  const words = Array.from({ length: 40 }, (_, at) => `word${at}`);
  const query = toQuery(words.join(' '));
  expect(query.length).toBeLessThanOrEqual(LONGEST_QUERY);
  for (const word of words) expect(query).toContain(`"${word}"`);
});

test.each([
  '"',
  '"""',
  '\\',
  'ann\\',
  'ann"',
  '"ann smith',
  '*',
  '***',
  '?',
  'a*b?c',
  'name:*',
  '_exists_:blocked',
  '(((',
  ')',
  '[a TO b]',
  '{a TO b}',
  '&& || !',
  'ann && smith',
  '-ann +smith',
  '~ann^2',
  '/.*/',
  '<script>alert(1)</script>',
  '>=5',
  'AND OR NOT',
  '👩‍👩‍👧 🎉',
  '\uD83D',
  '\0ann\u0007',
  'x'.repeat(1200),
  '"\\'.repeat(600),
  'ann smith '.repeat(300),
])('%j becomes a query without unescaped syntax', (input) => {
  expect(skeleton(toQuery(input))).toMatch(/^(\(CLAUSE( OR CLAUSE)*\)|CLAUSE)( AND (\(CLAUSE( OR CLAUSE)*\)|CLAUSE))*$/);
});

/** Replaces phrases and prefixes, as Lucene's grammar defines them, to leave the structure of the query. */
function skeleton(query: string): string {
  return query
    .replace(/(user_id:)?"(?:[^"\\]|\\["\\])*"/gs, 'CLAUSE')
    .replace(/\b[a-z_]+:(?:[\p{L}\p{M}\p{N}._'’@]|\\[+-]){3,}\*/gu, 'CLAUSE');
}
