import { expect, test } from 'vitest';
import { connections, countUsers, formatAgo, formatClient, formatDay, formatExact, lastLogin } from '../src/ui/format';

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

test('a last login in the year 1 is none', () => {
  expect(lastLogin({ user_id: 'a|1', last_login: '0001-01-01T00:00:00.000Z' })).toBeUndefined();
  expect(lastLogin({ user_id: 'a|1' })).toBeUndefined();
  expect(lastLogin({ user_id: 'a|1', last_login: 'soon' })).toBe('soon');
  expect(lastLogin({ user_id: 'a|1', last_login: '2026-01-01T00:00:00.000Z' })).toBe('2026-01-01T00:00:00.000Z');
});

test.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36', 'Chrome on Windows'],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0', 'Edge on Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1', 'Safari on iPhone'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox on Linux'],
  ['curl/8.5.0', 'curl'],
  ['okhttp', undefined],
  [undefined, undefined],
])('the client %j is called %j', (agent, expected) => {
  expect(formatClient(agent)).toBe(expected);
});
