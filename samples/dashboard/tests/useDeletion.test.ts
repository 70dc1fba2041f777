import { expect, test, vi } from 'vitest';
import { type Api, ApiError, type Slug } from '../src/api';
import { isDeleted } from '../src/deleted';
import { useDeletion } from '../src/useDeletion';
import { useScope } from './useScope';

const ANN = { user_id: 'auth0|ann', email: 'ann@example.com' };
const scope = useScope();

function start(...outcomes: (Slug | 'deleted')[]) {
  const deleteUser = vi.fn(async (_: string) => {
    const slug = outcomes.shift()!;
    if (slug !== 'deleted') throw new ApiError({ slug, title: '', detail: '', ...(slug === 'tenant-rate-limited' && { retryAfter: 2 }) });
  });
  return { deletion: scope.run(() => useDeletion({ deleteUser } as Partial<Api> as Api)), deleteUser };
}

test('a user is not deleted before the email address is typed', async () => {
  const { deletion, deleteUser } = start('deleted');
  deletion.ask(ANN);
  deletion.change('ann@example.co');
  expect(await deletion.confirm()).toBe(false);
  expect(deletion.mismatch.value).toBe(true);
  expect(deleteUser).not.toHaveBeenCalled();
  deletion.change(' Ann@Example.com ');
  expect(deletion.mismatch.value).toBe(false);
  expect(await deletion.confirm()).toBe(true);
  expect(deleteUser).toHaveBeenCalledExactlyOnceWith('auth0|ann');
  expect(isDeleted(ANN)).toBe(true);
});

test('a user without an email address is confirmed by ID', async () => {
  const { deletion } = start('deleted');
  deletion.ask({ user_id: 'sms|1' });
  deletion.change('');
  expect(await deletion.confirm()).toBe(false);
  deletion.change('sms|1');
  expect(await deletion.confirm()).toBe(true);
});

test('a second press during the request is ignored', async () => {
  const { deletion, deleteUser } = start('deleted');
  deletion.ask(ANN);
  deletion.change(ANN.email);
  const first = deletion.confirm();
  expect(await deletion.confirm()).toBe(false);
  expect(await first).toBe(true);
  expect(deleteUser).toHaveBeenCalledOnce();
});

test('a refusal is final', async () => {
  const { deletion, deleteUser } = start('self-deletion');
  deletion.ask({ user_id: 'auth0|me', email: 'me@example.com' });
  deletion.change('me@example.com');
  await deletion.confirm();
  expect(deletion.isFinal.value).toBe(true);
  await deletion.confirm();
  expect(deleteUser).toHaveBeenCalledOnce();
  expect(isDeleted({ user_id: 'auth0|me' })).toBe(false);
});

test('a rate-limited deletion must wait and is not retried automatically', async () => {
  const { deletion, deleteUser } = start('tenant-rate-limited', 'deleted');
  deletion.ask({ user_id: 'auth0|x', email: 'x@example.com' });
  deletion.change('x@example.com');
  await deletion.confirm();
  await vi.advanceTimersByTimeAsync(1000);
  expect(deletion.secondsLeft.value).toBe(1);
  expect(await deletion.confirm()).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(deleteUser).toHaveBeenCalledOnce();
  expect(await deletion.confirm()).toBe(true);
});

test('after a lost response, it is uncertain whether the user was deleted', async () => {
  const { deletion } = start('outcome-unknown');
  deletion.ask({ user_id: 'auth0|y', email: 'y@example.com' });
  deletion.change('y@example.com');
  expect(await deletion.confirm()).toBe(false);
  expect(deletion.isUncertain.value).toBe(true);
  expect(isDeleted({ user_id: 'auth0|y' })).toBe(false);
});
