import { onScopeDispose, type Ref, ref, watch } from 'vue';
import type { Problem } from './api';

/**
 * Waits as long as a problem asks to, and counts down. Then, or when the network is back, it does again what failed, if that
 * is something that may be done unasked.
 */
export function useRetry(problem: Ref<Problem | undefined>, retry?: () => void) {
  const secondsLeft = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;

  watch(
    problem,
    (problem) => {
      clearInterval(timer);
      secondsLeft.value = problem?.retryAfter ?? 0;
      if (secondsLeft.value === 0) return;

      // By the clock: in a tab out of sight, timers come late.
      const until = Date.now() + secondsLeft.value * 1000;
      timer = setInterval(() => {
        secondsLeft.value = Math.max(0, Math.ceil((until - Date.now()) / 1000));
        if (secondsLeft.value === 0) {
          clearInterval(timer);
          retry?.();
        }
      }, 250);
    },
    { immediate: true },
  );

  function online(): void {
    if (problem.value?.slug === 'offline' || problem.value?.slug === 'unreachable') retry?.();
  }

  addEventListener('online', online);
  onScopeDispose(() => {
    removeEventListener('online', online);
    clearInterval(timer);
  });

  return { secondsLeft };
}
