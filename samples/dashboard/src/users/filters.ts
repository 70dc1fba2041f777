// Filters of the list, as clauses of Auth0's user search.
import { connectionLabel, formatDay } from '../ui/format';

export interface Filters {
  /** The name of a connection. */
  connection: string;
  blocked: boolean;
  unverified: boolean;
  /** Whether users who never logged in match. Together with `notSince`, they match too. */
  never: boolean;
  /** Matches users who have not logged in since the beginning of this day, such as 2026-01-31. */
  notSince: string;
  /** The first and the last day of the creation. */
  createdFrom: string;
  createdTo: string;
}

export const NO_FILTERS: Filters = {
  connection: '',
  blocked: false,
  unverified: false,
  never: false,
  notSince: '',
  createdFrom: '',
  createdTo: '',
};

/** A filter in words, and the change that removes it. */
export interface Chip {
  label: string;
  without: Partial<Filters>;
}

// Some tenants have a date in the year 1 for users who never logged in.
const EVER = '1970-01-01';

/** Returns a query that all filters match; empty if there are none. */
export function filterQuery(filters: Filters): string {
  const { connection, blocked, unverified, never, notSince, createdFrom, createdTo } = filters;
  const clauses: string[] = [];
  if (connection) clauses.push(`identities.connection:"${connection.replace(/["\\]/g, '\\$&')}"`);
  if (blocked) clauses.push('blocked:true');
  if (unverified) clauses.push('email_verified:false');
  // A range finds only users who have the field, so its negation finds those who never logged in too.
  if (never) clauses.push(`(NOT last_login:[${notSince ? startOf(notSince) : EVER} TO *])`);
  else if (notSince) clauses.push(`last_login:[${EVER} TO ${startOf(notSince)}}`);
  if (createdFrom || createdTo) {
    clauses.push(`created_at:[${createdFrom ? startOf(createdFrom) : '*'} TO ${createdTo ? `${startOf(createdTo, 1)}}` : '*]'}`);
  }
  return clauses.join(' AND ');
}

export function chipsOf(filters: Filters): Chip[] {
  const { connection, blocked, unverified, never, notSince, createdFrom, createdTo } = filters;
  const chips: Chip[] = [];
  if (connection) chips.push({ label: `Connection: ${connectionLabel(connection)}`, without: { connection: '' } });
  if (blocked) chips.push({ label: 'Blocked', without: { blocked: false } });
  if (unverified) chips.push({ label: 'Email not verified', without: { unverified: false } });
  if (notSince) {
    const label = `Not logged in since ${dayOf(notSince)}, ${never ? 'or never' : 'but before'}`;
    chips.push({ label, without: { notSince: '', never: false } });
  } else if (never) {
    chips.push({ label: 'Never logged in', without: { never: false } });
  }
  if (createdFrom && createdTo) {
    const label = `Created ${dayOf(createdFrom)} – ${dayOf(createdTo)}`;
    chips.push({ label, without: { createdFrom: '', createdTo: '' } });
  } else if (createdFrom) {
    chips.push({ label: `Created since ${dayOf(createdFrom)}`, without: { createdFrom: '' } });
  } else if (createdTo) {
    chips.push({ label: `Created until ${dayOf(createdTo)}`, without: { createdTo: '' } });
  }
  return chips;
}

/** Whether the text is a day such as 2026-01-31. */
export function isDay(text: string): boolean {
  return /^[1-9]\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

/** The instant at which a day begins where the administrator is, as the list shows dates too. */
function startOf(day: string, daysLater = 0): string {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year!, month! - 1, date! + daysLater).toISOString();
}

function dayOf(day: string): string {
  return formatDay(startOf(day));
}
