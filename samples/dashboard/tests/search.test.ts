import { expect, test } from 'vitest';
import { LONGEST_QUERY, toQuery } from '../src/users/search';

test('an empty search finds all users', () => {
  expect(toQuery('')).toBe('');
  expect(toQuery(' \t\n')).toBe('');
});

test('a word matches the beginning of names, or a whole word in any field', () => {
  expect(toQuery('wu')).toBe('(name:wu* OR given_name:wu* OR family_name:wu* OR nickname:wu* OR email:wu* OR username:wu* OR "wu")');
});

test('all words must match', () => {
  expect(toQuery('  ann   smith ').match(/ AND /g)).toHaveLength(1);
  expect(toQuery('smith, ann')).toBe(toQuery('smith ann'));
  expect(toQuery('ann - smith')).toBe(toQuery('ann smith'));
});

test('an unfinished word is a prefix, however short it is', () => {
  expect(toQuery('ann b')).toContain('family_name:b*');
  for (const name of ['王', '山田']) expect(toQuery(name)).toContain(`given_name:${name}*`);
});

test('a word that begins with an @ is the beginning of a domain', () => {
  expect(toQuery('@example.org')).toBe('email.domain:example.org*');
  expect(toQuery('ann @e')).toContain(' AND email.domain:e*');
});

test('either apostrophe finds both', () => {
  expect(toQuery('O’Brien')).toContain("family_name:(O'Brien* OR O’Brien*");
  expect(toQuery('O’Brien')).toBe(toQuery("O'Brien"));
});

test('a name is found without its accents, and an accent that was not stored does not hide it', () => {
  const names = [['zoe', 'zoë'], ['muller', 'müller'], ['lukasz', 'łukasz'], ['garcia', 'garcía'], ['soren', 'søren']];
  for (const [typed, stored] of names) {
    expect(toQuery(typed!)).toMatch(new RegExp(`family_name:\\([^)]*\\b${typed}\\* OR [^)]*${stored}\\*`));
  }
  expect(toQuery('Müller')).toContain('family_name:(Müller* OR Muller*)');
  expect(toQuery('Søren')).toContain('OR Soren*)');
  // Decomposed letters are composed.
  expect(toQuery('Zoe\u0308')).toBe(toQuery('Zoë'));
});

test('a word with an @ is an email address or the beginning of one', () => {
  expect(toQuery('ann.smith@exam')).toBe('email:ann.smith@exam*');
  expect(toQuery('ann+crm@example.com')).toBe('email:ann\\+crm@example.com*');
});

test.each([
  ['+1555', 'phone_number:\\+1555*'],
  ['+44 20 7946 0958', 'phone_number:\\+442079460958*'],
  ['+44 (0)20 7946-0958', 'phone_number:\\+442079460958*'],
  ['0049 30 123456', 'phone_number:\\+4930123456*'],
  ['020 7946 0958', 'phone_number:*2079460958*'],
  ['(555) 010-0199', 'phone_number:*5550100199*'],
  ['5550100', 'phone_number:*5550100*'],
])('%s is a phone number', (words, clause) => {
  expect(toQuery(words)).toContain(clause);
});

test('text with a vertical bar is an ID, including its spaces', () => {
  expect(toQuery('auth0|5f7c')).toBe('user_id:"auth0|5f7c"');
  expect(toQuery('samlp|fabrikam|zoë müller')).toBe('user_id:"samlp|fabrikam|zoë müller"');
  expect(toQuery('x|" OR "*')).toBe('user_id:"x|\\" OR \\"*"');
});

test('names in any script are prefixes', () => {
  for (const name of ['Łukasz', 'Zoë', "O'Brien", 'Ann-Marie', 'Владимир', '山田太郎']) {
    expect(toQuery(name)).toMatch(new RegExp(`name:\\(?${name.replace('-', '\\\\-')}\\*`));
  }
});

test('operators are plain words', () => {
  for (const word of ['AND', 'OR', 'NOT']) expect(toQuery(word)).toContain(`OR "${word}")`);
});

test('many words fit into the longest query', () => {
  const words = Array.from({ length: 40 }, (_, at) => `word${at}`);
  const query = toQuery(words.join(' '));
  expect(query.length).toBeLessThanOrEqual(LONGEST_QUERY);
  for (const word of words) expect(query).toContain(`"${word}"`);
});

test('the query is as short as requested', () => {
  const words = 'johansson andersson karlsson';
  expect(toQuery(words).length).toBeLessThanOrEqual(LONGEST_QUERY);
  expect(toQuery(words, 300).length).toBeLessThanOrEqual(300);
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
  '@',
  '@@example.com',
  '@exam*ple',
  "''''",
  '’',
  '+',
  '00',
  '(0)',
  '1 2',
  '555 *',
  'muller',
])('%j becomes a query without unescaped syntax', (input) => {
  expect(skeleton(toQuery(input))).toMatch(/^(\(CLAUSE( OR CLAUSE)*\)|CLAUSE)( AND (\(CLAUSE( OR CLAUSE)*\)|CLAUSE))*$/);
});

/** Replaces phrases, prefixes and phone numbers, as Lucene's grammar defines them, to leave the structure of the query. */
function skeleton(query: string): string {
  const prefix = String.raw`(?:[\p{L}\p{M}\p{N}._'’@]|\\[+-])+\*`;
  return query
    .replace(/(user_id:)?"(?:[^"\\]|\\["\\])*"/gs, 'CLAUSE')
    .replace(/phone_number:\*\d{3,}\*/g, 'CLAUSE')
    .replace(new RegExp(String.raw`\b[a-z_.]+:(?:${prefix}|\(${prefix}(?: OR ${prefix})*\))`, 'gu'), 'CLAUSE');
}
