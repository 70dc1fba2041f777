import { onScopeDispose, type Ref, ref, watch } from 'vue';
import type { Problem } from '../api/problems';

/**
 * Counts down the wait time of a problem. When it is over, or when the network is back, calls `retry`. Omit `retry` for actions
 * that must not be repeated automatically.
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

      // Use the clock: browsers delay timers in background tabs.
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
