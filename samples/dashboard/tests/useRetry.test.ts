import { expect, test, vi } from 'vitest';
import { nextTick, shallowRef } from 'vue';
import type { Problem } from '../src/api/problems';
import { useRetry } from '../src/ui/useRetry';
import { useScope } from './useScope';

const scope = useScope();

function start(problem: Partial<Problem>) {
  const current = shallowRef<Problem | undefined>({ slug: 'unexpected', title: '', detail: '', ...problem });
  const retry = vi.fn();
  return { current, retry, ...scope.run(() => useRetry(current, retry)) };
}

test('it counts down, then retries once', async () => {
  const { retry, secondsLeft } = start({ retryAfter: 3 });
  expect(secondsLeft.value).toBe(3);
  await vi.advanceTimersByTimeAsync(2500);
  expect(secondsLeft.value).toBe(1);
  expect(retry).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(retry).toHaveBeenCalledOnce();
});

test('if the problem occurs again, it waits again', async () => {
  const { current, retry, secondsLeft } = start({ retryAfter: 1 });
  await vi.advanceTimersByTimeAsync(1000);
  current.value = { ...current.value!, retryAfter: 5 };
  await nextTick();
  expect(secondsLeft.value).toBe(5);
  await vi.advanceTimersByTimeAsync(5000);
  expect(retry).toHaveBeenCalledTimes(2);
});

test('a problem without a wait time is not retried', async () => {
  const { retry } = start({});
  await vi.advanceTimersByTimeAsync(600_000);
  expect(retry).not.toHaveBeenCalled();
});

test('when the network is back, only network problems are retried', () => {
  const offline = start({ slug: 'offline' });
  const other = start({ slug: 'misconfigured' });
  dispatchEvent(new Event('online'));
  expect(offline.retry).toHaveBeenCalledOnce();
  expect(other.retry).not.toHaveBeenCalled();
});

test('after disposal, nothing is retried', async () => {
  const { retry } = start({ slug: 'offline', retryAfter: 1 });
  scope.stop();
  dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(retry).not.toHaveBeenCalled();
});
