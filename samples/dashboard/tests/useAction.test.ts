import { expect, test, vi } from 'vitest';
import type { Api, UserDetails } from '../src/api/client';
import { ApiError, type Slug } from '../src/api/problems';
import { type ActionName, ACTIONS } from '../src/user/actions';
import { useAction } from '../src/user/useAction';
import { isDeleted } from '../src/users/deleted';
import { latestOf } from '../src/users/latest';
import { useScope } from './useScope';

const ANN = { user_id: 'auth0|ann', email: 'ann@example.com' };
const scope = useScope();

/** Starts an action whose requests have these outcomes, in order: a response, or a problem. */
function start(name: ActionName, user: UserDetails, outcomes: (Slug | object)[], latest: UserDetails = user) {
  const send = vi.fn(async (..._: unknown[]) => {
    const outcome = outcomes.shift()!;
    if (typeof outcome === 'object') return outcome;
    throw new ApiError({ slug: outcome, title: '', detail: '', ...(outcome === 'tenant-rate-limited' && { retryAfter: 2 }) });
  });
  const getUser = vi.fn(async () => latest);
  const api = { getUser, deleteUser: send, blockUser: send, sendPasswordReset: send } as unknown as Api;
  const action = scope.run(() => useAction(api, ACTIONS.find((action) => action.name === name)!, user));
  return { action, send, getUser };
}

test('a user is not deleted before the email address is typed', async () => {
  const { action, send } = start('delete', ANN, [{}]);
  action.change('ann@example.co');
  expect(await action.run()).toBeUndefined();
  expect(action.mismatch.value).toBe(true);
  expect(send).not.toHaveBeenCalled();
  action.change(' Ann@Example.com ');
  expect(action.mismatch.value).toBe(false);
  expect(await action.run()).toEqual({ text: 'ann@example.com was deleted.' });
  expect(send).toHaveBeenCalledExactlyOnceWith('auth0|ann');
  expect(isDeleted(ANN)).toBe(true);
});

test('a user without an email address is confirmed by ID, even if it has spaces', async () => {
  const { action } = start('delete', { user_id: 'samlp|x|two  spaces ' }, [{}]);
  action.change('');
  expect(await action.run()).toBeUndefined();
  action.change('samlp|x|two spaces');
  expect(await action.run()).toBeDefined();
});

test('a second press during the request is ignored', async () => {
  const { action, send } = start('block', ANN, [{ blocked: true, access_revocation: 'accepted' }]);
  const first = action.run();
  expect(await action.run()).toBeUndefined();
  expect(await first).toMatchObject({ text: expect.stringContaining('is blocked') as string });
  expect(send).toHaveBeenCalledOnce();
});

test('what was done in part is told with the reason, and cannot be repeated', async () => {
  const detail = 'The user is blocked, but sessions may go on.';
  const { action, send } = start('block', ANN, [{ blocked: true, access_revocation: 'not-available', detail }]);
  expect(await action.run()).toBeUndefined();
  expect(action.partial.value).toEqual({ text: 'ann@example.com is blocked.', detail });
  expect(action.isFinal.value).toBe(true);
  await action.run();
  expect(send).toHaveBeenCalledOnce();
});

test.each(['self-deletion', 'protected-user', 'no-password', 'not-in-plan'] as const)('the refusal %s is final', async (slug) => {
  const { action, send } = start('block', ANN, [slug]);
  await action.run();
  expect(action.isFinal.value).toBe(true);
  expect(action.isUncertain.value).toBe(false);
  await action.run();
  expect(send).toHaveBeenCalledOnce();
});

test('a rate-limited action must wait and is not retried automatically', async () => {
  const { action, send } = start('block', ANN, ['tenant-rate-limited', { blocked: true, access_revocation: 'accepted' }]);
  await action.run();
  await vi.advanceTimersByTimeAsync(1000);
  expect(action.secondsLeft.value).toBe(1);
  expect(await action.run()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(send).toHaveBeenCalledOnce();
  expect(await action.run()).toBeDefined();
});

test.each(['outcome-unknown', 'unreachable', 'unreadable'] as const)('after %s, it is uncertain what happened', async (slug) => {
  const { action } = start('delete', { ...ANN, user_id: `auth0|${slug}` }, [slug]);
  action.change(ANN.email);
  expect(await action.run()).toBeUndefined();
  expect(action.isUncertain.value).toBe(true);
  expect(action.isFinal.value).toBe(false);
  expect(isDeleted({ user_id: `auth0|${slug}` })).toBe(false);
});

test('after an action, whether it succeeded or not, the user is read again', async () => {
  const user = { user_id: 'auth0|reread' };
  const { action, getUser } = start('block', user, ['outcome-unknown'], { ...user, blocked: true });
  await action.run();
  await vi.advanceTimersByTimeAsync(0);
  expect(getUser).toHaveBeenCalledOnce();
  expect(latestOf(user.user_id)).toMatchObject({ blocked: true });
});

test('of several passwords, the administrator chooses one', async () => {
  const identities = ['first', 'second'].map((connection) => ({ connection, provider: 'auth0', user_id: connection }));
  const { action, send } = start('password', { ...ANN, identities }, [{ email_request: 'accepted', connection: 'second' }]);
  expect(action.connections.value).toEqual(['first', 'second']);
  action.connection.value = 'second';
  expect(await action.run()).toMatchObject({ text: expect.stringContaining('in second') as string });
  expect(send).toHaveBeenCalledExactlyOnceWith('auth0|ann', 'second');
});

test('if the list does not know yet that there are several passwords, the choice comes with the refusal', async () => {
  const identities = ['first', 'second'].map((connection) => ({ connection, provider: 'auth0', user_id: connection }));
  const { action, send } = start('password', ANN, ['connection-required', { email_request: 'accepted' }], { ...ANN, identities });
  await action.run();
  await vi.advanceTimersByTimeAsync(0);
  expect(action.isFinal.value).toBe(false);
  expect(await action.run()).toBeDefined();
  expect(send).toHaveBeenLastCalledWith('auth0|ann', 'first');
});
