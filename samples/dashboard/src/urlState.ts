import { PAGEABLE_RESULTS } from './api';

/** What the list shows, by the API's names, in the address: a reload or a link shows the same. */
export interface ListState {
  /** What was typed: words, or a query as it is when `raw`. */
  q: string;
  raw: boolean;
  /** `field:1` or `field:-1`. */
  sort: string;
  /** Zero-based, as the API's. */
  page: number;
  perPage: number;
}

export const PAGE_SIZES = [10, 25, 50, 100];
export const SORTABLE = ['name', 'email', 'last_login', 'logins_count', 'created_at'];

const START: ListState = { q: '', raw: false, sort: 'created_at:-1', page: 0, perPage: 50 };

/** Reads an address. What makes no sense in it is as if it were not there. */
export function parse(search: string): ListState {
  const parameters = new URLSearchParams(search);
  const sort = parameters.get('sort') ?? '';
  const [field, direction] = sort.split(':');
  const perPage = wholeNumber(parameters.get('per_page'));
  const state = {
    q: parameters.get('q') ?? START.q,
    raw: parameters.get('raw') === '1',
    sort: SORTABLE.includes(field!) && /^-?1$/.test(direction ?? '') ? `${field}:${direction}` : START.sort,
    page: wholeNumber(parameters.get('page')) ?? START.page,
    perPage: perPage && PAGE_SIZES.includes(perPage) ? perPage : START.perPage,
  };
  return { ...state, page: Math.min(state.page, lastPage(state.perPage, PAGEABLE_RESULTS)) };
}

/** Writes an address that is as short as can be. */
export function format(state: ListState): string {
  const parameters = new URLSearchParams();
  if (state.q !== START.q) parameters.set('q', state.q);
  if (state.raw) parameters.set('raw', '1');
  if (state.sort !== START.sort) parameters.set('sort', state.sort);
  if (state.page !== START.page) parameters.set('page', `${state.page}`);
  if (state.perPage !== START.perPage) parameters.set('per_page', `${state.perPage}`);
  const search = parameters.toString();
  return search && `?${search}`;
}

/** The last page that can be had of so many results. */
export function lastPage(perPage: number, total: number): number {
  return Math.max(0, Math.ceil(Math.min(total, PAGEABLE_RESULTS) / perPage) - 1);
}

/** Puts the state into the address: a step that "back" takes back, or a change of the present one. */
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
