import { afterEach, beforeEach, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';

/** Runs the composables of a test file with fake timers, and disposes of them after each test. */
export function useScope() {
  let scope: EffectScope;

  beforeEach(() => {
    vi.useFakeTimers();
    scope = effectScope();
  });

  afterEach(() => {
    scope.stop();
    vi.useRealTimers();
  });

  return {
    run: <T>(composable: () => T): T => scope.run(composable)!,
    stop: () => scope.stop(),
  };
}
