import { computed, onScopeDispose, readonly, ref, shallowRef } from 'vue';
import type { Api, User } from '../api/client';
import { ApiError, type Problem } from '../api/problems';
import { rememberDeleted } from '../users/deleted';
import { latestOf, rememberLatest } from '../users/latest';

/**
 * A user who is open: what the list knows about them at first, then what Auth0 has now.
 * @param listed The user in the list, if they are in it.
 */
export function useUser(api: Api, id: string, listed: () => User | undefined) {
  const problem = shallowRef<Problem>();
  const loading = ref(true);
  const request = new AbortController();

  const isMissing = computed(() => problem.value?.slug === 'no-such-user');
  const user = computed(() => (isMissing.value ? undefined : (latestOf(id) ?? listed())));

  async function load(): Promise<void> {
    loading.value = true;
    try {
      rememberLatest(await api.getUser(id, request.signal));
      problem.value = undefined;
    } catch (error) {
      if (request.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
      // The search index may still list them.
      if (isMissing.value) rememberDeleted(id);
    }
    loading.value = false;
  }

  void load();
  onScopeDispose(() => request.abort());
  return { user, problem, isMissing, loading: readonly(loading), load };
}
