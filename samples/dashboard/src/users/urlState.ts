import { PAGEABLE_RESULTS } from '../api/client';
import { type Filters, isDay, NO_FILTERS } from './filters';

/** The state of the list, kept in the URL with the API's parameter names, so that a reload or a link shows the same list. */
export interface ListState extends Filters {
  /** The search text: words, or a query in Auth0's syntax if `raw`. */
  q: string;
  raw: boolean;
  /** `field:1` or `field:-1`. */
  sort: string;
  /** Zero-based, as in the API. */
  page: number;
  perPage: number;
}

/** The state of the page: the list, and the ID of the user who is open. */
export interface UrlState extends ListState {
  user: string;
}

export const PAGE_SIZES = [10, 25, 50, 100];
export const SORTABLE = ['name', 'email', 'last_login', 'logins_count', 'created_at'];

const DEFAULTS: UrlState = { q: '', raw: false, ...NO_FILTERS, sort: 'created_at:-1', page: 0, perPage: 50, user: '' };

/** The names of texts and of switches in the URL. A switch is on if it has this value. */
const TEXTS = { q: 'q', connection: 'connection', user: 'user' } as const;
const DAYS = { notSince: 'not_since', createdFrom: 'created_from', createdTo: 'created_to' } as const;
const SWITCHES = {
  raw: ['raw', '1'],
  blocked: ['blocked', 'true'],
  unverified: ['email_verified', 'false'],
  never: ['never', '1'],
} as const;

/** Parses the query string of a URL. Invalid values are ignored. */
export function parse(search: string): UrlState {
  const parameters = new URLSearchParams(search);
  const state = { ...DEFAULTS };
  for (const [key, name] of entries(TEXTS)) state[key] = parameters.get(name) ?? '';
  for (const [key, name] of entries(DAYS)) state[key] = [parameters.get(name) ?? ''].find(isDay) ?? '';
  for (const [key, [name, value]] of entries(SWITCHES)) state[key] = parameters.get(name) === value;

  const [field, direction] = (parameters.get('sort') ?? '').split(':');
  if (SORTABLE.includes(field!) && /^-?1$/.test(direction ?? '')) state.sort = `${field}:${direction}`;
  const perPage = wholeNumber(parameters.get('per_page'));
  if (perPage && PAGE_SIZES.includes(perPage)) state.perPage = perPage;
  state.page = Math.min(wholeNumber(parameters.get('page')) ?? 0, lastPage(state.perPage, PAGEABLE_RESULTS));
  return state;
}

/** Formats the state as a query string without the default values. */
export function format(state: UrlState): string {
  const parameters = new URLSearchParams();
  if (state.q) parameters.set('q', state.q);
  for (const [key, [name, value]] of entries(SWITCHES)) if (state[key]) parameters.set(name, value);
  if (state.connection) parameters.set('connection', state.connection);
  for (const [key, name] of entries(DAYS)) if (state[key]) parameters.set(name, state[key]);
  if (state.sort !== DEFAULTS.sort) parameters.set('sort', state.sort);
  if (state.page !== DEFAULTS.page) parameters.set('page', `${state.page}`);
  if (state.perPage !== DEFAULTS.perPage) parameters.set('per_page', `${state.perPage}`);
  if (state.user) parameters.set('user', state.user);
  const search = parameters.toString();
  return search && `?${search}`;
}

/** The zero-based index of the last page that Auth0 returns for this number of results. */
export function lastPage(perPage: number, total: number): number {
  return Math.max(0, Math.ceil(Math.min(total, PAGEABLE_RESULTS) / perPage) - 1);
}

/**
 * Writes the state to the URL, as a new history entry or in place of the current one.
 * @param entry What to remember in the entry. A replaced entry keeps what it has.
 */
export function write(state: UrlState, how: 'push' | 'replace', entry: unknown = how === 'push' ? null : history.state): void {
  const address = location.pathname + format(state);
  if (how === 'push' && address !== location.pathname + location.search) {
    history.pushState(entry, '', address);
  } else {
    history.replaceState(entry, '', address);
  }
}

function entries<T extends object>(names: T) {
  return Object.entries(names) as { [K in keyof T]: [K, T[K]] }[keyof T][];
}

function wholeNumber(value: string | null): number | undefined {
  return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
