import { computed, onScopeDispose, reactive, readonly, ref, shallowRef } from 'vue';
import { type Api, type ListParameters, PAGEABLE_RESULTS, type User, type UserPage } from '../api/client';
import { ApiError, type Problem } from '../api/problems';
import { isDeleted } from './deleted';
import { type Filters, filterQuery, NO_FILTERS } from './filters';
import { latest } from './latest';
import { queryOf } from './query';
import { format, type ListState, lastPage, parse, type UrlState, write } from './urlState';

// In milliseconds. The first is long enough for the next key and too short to notice. A query in Auth0's syntax is rarely valid
// before it is complete, so its pause is longer.
const TYPING_PAUSE = 250;
const QUERY_PAUSE = 700;
/** Only after such a pause, a search without results is taken for finished. */
const FINISHED_PAUSE = 1200;

/** The list of users: its state, its data and the actions on it. */
export function useUsers(api: Api) {
  const state = reactive<UrlState>(parse(location.search));
  /** The latest response and the search that it belongs to. The search box may already contain another. */
  const page = shallowRef<UserPage & { searched: string; filtered: boolean }>();
  const problem = shallowRef<Problem>();
  const loading = ref(true);

  let request: AbortController | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let typedAt = 0;

  const query = computed(() => queryOf(state));
  const users = computed(() => page.value?.users.filter((user) => !isDeleted(user)).map(latest) ?? []);
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
    return page.value.searched || page.value.filtered ? 'nothing-found' : 'empty';
  });

  function parameters(): ListParameters {
    return { page: state.page, perPage: state.perPage, q: query.value, sort: state.sort };
  }

  async function load(): Promise<void> {
    abort();
    const { signal } = (request = new AbortController());
    const searched = state.q.trim();
    const filtered = filterQuery(state) !== '';
    loading.value = true;
    try {
      const answer = await api.listUsers({ ...parameters(), signal });
      if (signal.aborted) return;
      const last = lastPage(state.perPage, answer.total);
      if (answer.users.length === 0 && state.page > last) {
        // A link to a page that no longer exists.
        return go({ page: last }, 'replace');
      }
      if (answer.users.length === 0 && page.value) await finished(signal);
      if (signal.aborted) return;
      page.value = { ...answer, searched, filtered };
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

  /** Waits until nobody has typed for a while. Until then, the previous rows stay. */
  async function finished(signal: AbortSignal): Promise<void> {
    const wait = typedAt + FINISHED_PAUSE - Date.now();
    if (wait > 0 && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, wait));
  }

  /** Cancels the current request. */
  function abort(): void {
    clearTimeout(pause);
    request?.abort();
  }

  function go(change: Partial<ListState>, how: 'push' | 'replace' = 'push'): Promise<void> {
    typedAt = 0;
    Object.assign(state, { page: 0 }, change);
    write(state, how);
    return load();
  }

  function search(q: string): void {
    abort();
    typedAt = Date.now();
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

  /** Shows a user beside the list. Going back closes the panel, even if others were shown in between. */
  function open(id: string): void {
    const isFirst = state.user === '';
    state.user = id;
    if (isFirst) write(state, 'push', { opened: true });
    else write(state, 'replace');
  }

  /** The URL of a user beside this list, for a new tab. */
  function hrefOf(user: User): string {
    return format({ ...state, user: user.user_id });
  }

  function close(): void {
    if ((history.state as { opened?: boolean } | null)?.opened) return history.back();
    state.user = '';
    write(state, 'replace');
  }

  function restore(): void {
    const before = format({ ...state, user: '' });
    Object.assign(state, parse(location.search));
    // The list stays as it is if only the user has been opened or closed.
    if (format({ ...state, user: '' }) !== before) void load();
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
    load: () => {
      typedAt = 0;
      return load();
    },
    search,
    clear: () => go({ q: '', raw: false, ...NO_FILTERS }),
    setRaw,
    setQuery: (q: string) => void go({ q, raw: true }),
    filter: (change: Partial<Filters>) => go(change),
    sortBy,
    setSort: (sort: string) => void go({ sort }),
    setPage: (page: number) => go({ page }),
    setPerPage: (perPage: number) => void go({ perPage }),
    leaveEmptyPage,
    open,
    close,
    hrefOf,
  };
}
