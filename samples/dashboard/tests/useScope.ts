import { afterEach, beforeEach, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';

/** Where the tests of a file run a composable: it is left behind when a test ends, and time passes when a test says so. */
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
