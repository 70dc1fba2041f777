import { computed, onScopeDispose, reactive, readonly, ref, shallowRef } from 'vue';
import { type Api, ApiError, type ListParameters, PAGEABLE_RESULTS, type Problem, type UserPage } from './api';
import { isDeleted } from './deleted';
import { toQuery } from './search';
import { type ListState, lastPage, parse, write } from './urlState';

// In milliseconds. The first is long enough for the next key and too short to notice. A query in Auth0's syntax is rarely valid
// before it is complete, so its pause is longer.
const TYPING_PAUSE = 250;
const QUERY_PAUSE = 700;

/** The list of users: its state, its data and the actions on it. */
export function useUsers(api: Api) {
  const state = reactive<ListState>(parse(location.search));
  /** The latest response and the search text that it belongs to. The search box may already contain another. */
  const page = shallowRef<UserPage & { searched: string }>();
  const problem = shallowRef<Problem>();
  const loading = ref(true);

  let request: AbortController | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const query = computed(() => (state.raw ? state.q.trim() : toQuery(state.q)));
  const users = computed(() => page.value?.users.filter((user) => !isDeleted(user)) ?? []);
  // The tenant may still count deleted users. Only those on this page are known.
  const total = computed(() => (page.value ? page.value.total - (page.value.users.length - users.value.length) : 0));
  /** Whether Auth0 may have stopped counting, so that there may be more users. */
  const totalIsMinimum = computed(() => page.value?.total === PAGEABLE_RESULTS);
  /** The problem, if it is about the search. */
  const queryProblem = computed(() => (problem.value?.slug === 'invalid-request' && query.value ? problem.value : undefined));

  const view = computed(() => {
    if (queryProblem.value) return page.value ? 'list' : 'query-problem';
    if (problem.value) return 'problem';
    if (!page.value) return 'loading';
    if (users.value.length > 0) return 'list';
    return page.value.searched ? 'nothing-found' : 'empty';
  });

  function parameters(): ListParameters {
    return { page: state.page, perPage: state.perPage, q: query.value, sort: state.sort };
  }

  async function load(): Promise<void> {
    abort();
    const { signal } = (request = new AbortController());
    const searched = query.value && state.q;
    loading.value = true;
    try {
      const answer = await api.listUsers({ ...parameters(), signal });
      if (signal.aborted) return;
      const last = lastPage(state.perPage, answer.total);
      if (answer.users.length === 0 && state.page > last) {
        // A link to a page that no longer exists.
        return go({ page: last }, 'replace');
      }
      page.value = { ...answer, searched };
      problem.value = undefined;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
      // Remove the rows, or they would look like the result of this request. An invalid search keeps them.
      if (!queryProblem.value) page.value = undefined;
    }
    loading.value = false;
  }

  /** Cancels the current request. */
  function abort(): void {
    clearTimeout(pause);
    request?.abort();
  }

  function go(change: Partial<ListState>, how: 'push' | 'replace' = 'push'): Promise<void> {
    Object.assign(state, { page: 0 }, change);
    write(state, how);
    return load();
  }

  function search(q: string): void {
    abort();
    Object.assign(state, { q, page: 0 });
    write(state, 'replace');
    loading.value = true;
    pause = setTimeout(load, state.raw ? QUERY_PAUSE : TYPING_PAUSE);
  }

  function setRaw(raw: boolean): void {
    if (state.q !== '') return void go({ raw });
    // Without a search text, the results are the same.
    state.raw = raw;
    write(state, 'replace');
  }

  function sortBy(field: string): void {
    const [by, direction] = state.sort.split(':');
    const startsWith = field === 'name' || field === 'email' ? 1 : -1;
    void go({ sort: by === field ? `${field}:${-Number(direction)}` : `${field}:${startsWith}` });
  }

  /** Goes to the previous page if a deletion removed the last row of this one. */
  function leaveEmptyPage(): void {
    if (page.value && users.value.length === 0) {
      void go({ page: Math.max(0, state.page - 1) }, 'replace');
    }
  }

  function restore(): void {
    Object.assign(state, parse(location.search));
    void load();
  }

  // Remove invalid values from the URL.
  write(state, 'replace');
  void load();
  addEventListener('popstate', restore);
  onScopeDispose(() => {
    removeEventListener('popstate', restore);
    abort();
  });

  return {
    state: readonly(state),
    query,
    page,
    users,
    total,
    totalIsMinimum,
    loading: readonly(loading),
    problem,
    queryProblem,
    view,
    load,
    search,
    clear: () => go({ q: '', raw: false }),
    setRaw,
    sortBy,
    setSort: (sort: string) => void go({ sort }),
    setPage: (page: number) => go({ page }),
    setPerPage: (perPage: number) => void go({ perPage }),
    leaveEmptyPage,
  };
}
