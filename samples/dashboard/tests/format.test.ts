import { expect, test } from 'vitest';
import { connections, countUsers, displayName, formatAgo, formatDay, formatExact, hue, initials } from '../src/format';

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

test('a count says so if there may be more', () => {
  expect([countUsers(1), countUsers(2), countUsers(7, true)]).toEqual(['1 user', '2 users', '7 or more users']);
});

test('known connections have familiar labels', () => {
  const user = { user_id: 'x', identities: [{ connection: 'Username-Password-Authentication' }, { connection: 'corp' }] };
  expect(connections(user).map(({ label }) => label)).toEqual(['Database', 'corp']);
  expect(connections({ user_id: 'x' })).toEqual([]);
});

test.each([
  [30, 30, 'second'],
  [90, 1, 'minute'],
  [3 * 3600, 3, 'hour'],
  [3 * 86_400, 3, 'day'],
  [20 * 86_400, 2, 'week'],
  [100 * 86_400, 3, 'month'],
  [500 * 86_400, 16, 'month'],
  [800 * 86_400, 2, 'year'],
] as const)('%i seconds ago are formatted as %i %ss', (seconds, value, unit) => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const expected = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(-value, unit);
  expect(formatAgo(new Date(now - seconds * 1000).toISOString(), now)).toBe(expected);
});

test('an invalid time is shown unchanged', () => {
  for (const format of [formatAgo, formatDay, formatExact]) expect(format('soon')).toBe('soon');
});
