import { onScopeDispose, readonly, ref, shallowRef } from 'vue';
import type { Api, LogEvent } from '../api/client';
import { ApiError, type Problem } from '../api/problems';

const PAGE_SIZE = 20;

/** What Auth0 has logged about a user, newest first, page by page. */
export function useUserLog(api: Api, id: string) {
  const events = shallowRef<LogEvent[]>([]);
  const hasMore = ref(false);
  const loading = ref(true);
  const problem = shallowRef<Problem>();
  let request = new AbortController();
  let next = 0;

  async function read(page: number): Promise<void> {
    request.abort();
    const { signal } = (request = new AbortController());
    loading.value = true;
    problem.value = undefined;
    try {
      const { logs } = await api.getUserLog(id, { page, perPage: PAGE_SIZE, signal });
      if (signal.aborted) return;
      // New events move the older ones to later pages.
      const known = new Set(page === 0 ? [] : events.value.map(({ log_id }) => log_id));
      events.value = [...(page === 0 ? [] : events.value), ...logs.filter(({ log_id }) => !log_id || !known.has(log_id))];
      hasMore.value = logs.length === PAGE_SIZE;
      next = page + 1;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
    }
    loading.value = false;
  }

  void read(0);
  onScopeDispose(() => request.abort());
  return { events, hasMore, problem, loading: readonly(loading), reload: () => read(0), more: () => read(next) };
}
