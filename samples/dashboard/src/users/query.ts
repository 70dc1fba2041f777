import { chipsOf, filterQuery } from './filters';
import { LONGEST_QUERY, toQuery } from './search';
import type { ListState } from './urlState';

/** The query that finds the users of a list: its search and its filters in Auth0's syntax. Empty for everyone. */
export function queryOf(state: ListState): string {
  const filters = filterQuery(state);
  const own = state.raw ? state.q.trim() : toQuery(state.q, LONGEST_QUERY - filters.length - ' AND '.length);
  // Parentheses, because an OR of the administrator's would exclude the filters.
  return [state.raw && own && filters ? `(${own})` : own, filters].filter(Boolean).join(' AND ');
}

/** The search and the filters of a list, to read. Empty for everyone. */
export function wordsOf(state: ListState): string {
  return [state.q.trim(), ...chipsOf(state).map(({ label }) => label)].filter(Boolean).join(', ');
}
