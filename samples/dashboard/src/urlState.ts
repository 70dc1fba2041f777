import { PAGEABLE_RESULTS } from './api';

/** The state of the list, kept in the URL with the API's parameter names, so that a reload or a link shows the same list. */
export interface ListState {
  /** The search text: words, or a query in Auth0's syntax if `raw`. */
  q: string;
  raw: boolean;
  /** `field:1` or `field:-1`. */
  sort: string;
  /** Zero-based, as in the API. */
  page: number;
  perPage: number;
}

export const PAGE_SIZES = [10, 25, 50, 100];
export const SORTABLE = ['name', 'email', 'last_login', 'logins_count', 'created_at'];

const DEFAULTS: ListState = { q: '', raw: false, sort: 'created_at:-1', page: 0, perPage: 50 };

/** Parses the query string of a URL. Invalid values are ignored. */
export function parse(search: string): ListState {
  const parameters = new URLSearchParams(search);
  const sort = parameters.get('sort') ?? '';
  const [field, direction] = sort.split(':');
  const perPage = wholeNumber(parameters.get('per_page'));
  const state = {
    q: parameters.get('q') ?? DEFAULTS.q,
    raw: parameters.get('raw') === '1',
    sort: SORTABLE.includes(field!) && /^-?1$/.test(direction ?? '') ? `${field}:${direction}` : DEFAULTS.sort,
    page: wholeNumber(parameters.get('page')) ?? DEFAULTS.page,
    perPage: perPage && PAGE_SIZES.includes(perPage) ? perPage : DEFAULTS.perPage,
  };
  return { ...state, page: Math.min(state.page, lastPage(state.perPage, PAGEABLE_RESULTS)) };
}

/** Formats the state as a query string without the default values. */
export function format(state: ListState): string {
  const parameters = new URLSearchParams();
  if (state.q !== DEFAULTS.q) parameters.set('q', state.q);
  if (state.raw) parameters.set('raw', '1');
  if (state.sort !== DEFAULTS.sort) parameters.set('sort', state.sort);
  if (state.page !== DEFAULTS.page) parameters.set('page', `${state.page}`);
  if (state.perPage !== DEFAULTS.perPage) parameters.set('per_page', `${state.perPage}`);
  const search = parameters.toString();
  return search && `?${search}`;
}

/** The zero-based index of the last page that Auth0 returns for this number of results. */
export function lastPage(perPage: number, total: number): number {
  return Math.max(0, Math.ceil(Math.min(total, PAGEABLE_RESULTS) / perPage) - 1);
}

/** Writes the state to the URL, as a new history entry or in place of the current one. */
export function write(state: ListState, how: 'push' | 'replace'): void {
  const address = location.pathname + format(state);
  if (how === 'push' && address !== location.pathname + location.search) {
    history.pushState(null, '', address);
  } else {
    history.replaceState(null, '', address);
  }
}

function wholeNumber(value: string | null): number | undefined {
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
