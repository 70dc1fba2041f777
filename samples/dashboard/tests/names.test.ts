import { expect, test } from 'vitest';
import { confirmation, displayName, hue, initials, typeable, visible } from '../src/ui/names';

test.each([
  [{ name: 'Ann Smith' }, 'AS'],
  [{ name: 'Ann Marie van Smith' }, 'AS'],
  [{ name: 'zoë' }, 'Z'],
  [{ name: 'ann.smith@example.com' }, 'AS'],
  [{ email: 'ann@example.com' }, 'A'],
  [{ name: '+15550100' }, '#'],
  [{ name: '<img src=x>' }, 'IX'],
  [{}, 'AX'],
])('the initials of %j are %s', (user, expected) => {
  expect(initials({ user_id: 'auth0|x1', ...user })).toBe(expected);
});

test('there is always a name to show', () => {
  expect(displayName({ user_id: 'sms|1', name: '', phone_number: '+1555' })).toBe('+1555');
  expect(displayName({ user_id: 'sms|1' })).toBe('sms|1');
});

test('a hue is one of eight and stable', () => {
  for (const id of ['', 'a', 'auth0|5f7c8ec7c33c6c004bbafe82', '👩'.repeat(99)]) {
    expect(hue(id)).toBeGreaterThanOrEqual(0);
    expect(hue(id)).toBeLessThan(8);
    expect(hue(id)).toBe(hue(id));
  }
});

test.each([
  ['blank', '   '],
  ['zero-width', '\u200B\u200D\u2060'],
  ['a Hangul filler', '\u3164'],
  ['braille without dots', '\u2800'],
  ['only combining marks', '\u0301\u0302'],
  ['only a direction', '\u202E\u2066'],
])('for a name that is %s, something else is shown', (_, name) => {
  expect(displayName({ user_id: 'auth0|1', name, email: 'ann@example.com' })).toBe('ann@example.com');
  expect(displayName({ user_id: 'auth0|1', name, email: name })).toBe('auth0|1');
});

test('characters that hide or reorder text are shown by their code', () => {
  expect(visible('Ann\u202Etxt')).toBe('Ann⟨U+202E⟩txt');
  expect(visible('a\u200Bb\0')).toBe('a⟨U+200B⟩b⟨U+0000⟩');
  // Joiners are a part of emoji and of some scripts.
  expect(visible('👩\u200D🚀 می\u200Cخواهم')).toBe('👩\u200D🚀 می\u200Cخواهم');
});

test('a stack of combining marks is cut, and letters with few marks are not', () => {
  expect(visible(`Z${'\u0351'.repeat(60)}oe`)).toBe(`Z${'\u0351'.repeat(4)}oe`);
  for (const name of ['Zoe\u0308', 'ệ'.normalize('NFD'), 'שָׁלוֹם', 'สวัสดี']) expect(visible(name)).toBe(name);
});

test('a deletion is confirmed by what can be typed', () => {
  expect(confirmation({ user_id: 'auth0|1', email: 'ann@example.com' })).toBe('ann@example.com');
  expect(confirmation({ user_id: 'auth0|1', email: '\u200B' })).toBe('auth0|1');
  expect(typeable('  samlp|x|two  spaces\u202E ')).toBe('samlp|x|two spaces');
  expect(typeable('Zoe\u0308')).toBe(typeable('zoë'));
});
