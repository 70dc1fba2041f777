import { expect, test } from 'vitest';
import type { UserDetails } from '../src/api/client';
import { offered } from '../src/user/actions';

const IDENTITIES = [{ connection: 'Username-Password-Authentication', provider: 'auth0', user_id: '1' }];
const ANN: UserDetails = { user_id: 'auth0|1', email: 'ann@example.com', identities: IDENTITIES };
const ALL = { may: () => true, isKnown: () => true, isMe: () => false, isProtected: () => false };

const namesFor = (user: Partial<UserDetails>, access = ALL) => offered({ ...ANN, ...user }, access).map(({ name }) => name);

test('actions are offered in the order of their harm', () => {
  expect(namesFor({})).toEqual(['verification', 'password', 'sign-out', 'mfa', 'block', 'delete']);
});

test('what makes no sense is not offered', () => {
  expect(namesFor({ email_verified: true })).not.toContain('verification');
  expect(namesFor({ email: undefined })).not.toContain('verification');
  const github = { connection: 'github', provider: 'github', user_id: 1 };
  expect(namesFor({ identities: [github] })).toEqual(['sign-out', 'mfa', 'block', 'delete']);
  expect(namesFor({ blocked: true })).toEqual(['verification', 'password', 'sign-out', 'mfa', 'unblock', 'delete']);
  // Blocked after failed logins, which an administrator can turn into a block of their own.
  expect(namesFor({ blocked_for: [{ ip: '203.0.113.7' }] })).toEqual(expect.arrayContaining(['block', 'unblock']));
});

test('without a permission, its actions are not offered', () => {
  expect(namesFor({}, { ...ALL, may: () => false })).toEqual([]);
  expect(offered(ANN, { ...ALL, may: (permission) => permission === 'delete:users' }).map(({ name }) => name)).toEqual(['delete']);
});

test('nobody is offered to lock out themselves or a protected user', () => {
  for (const access of [{ ...ALL, isMe: () => true }, { ...ALL, isProtected: () => true }]) {
    expect(namesFor({}, access)).toEqual(['verification', 'password', 'sign-out']);
    expect(namesFor({ blocked: true }, access)).toContain('unblock');
  }
});
