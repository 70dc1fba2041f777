// Formats values for display, in the browser's locale.
import type { Problem, User } from './api';

const number = new Intl.NumberFormat();
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** A unit, its length in seconds, and the number of seconds from which it is used. */
const SPANS: [Intl.RelativeTimeFormatUnit, number, number][] = [
  // "16 months ago" is more precise than "last year".
  ['year', 31_557_600, 2 * 31_557_600],
  ['month', 2_629_800, 2_629_800],
  ['week', 604_800, 604_800],
  ['day', 86_400, 86_400],
  ['hour', 3600, 3600],
  ['minute', 60, 60],
];

const CONNECTIONS: Record<string, string> = {
  'Username-Password-Authentication': 'Database',
  'google-oauth2': 'Google',
  apple: 'Apple',
  email: 'Email code',
  facebook: 'Facebook',
  github: 'GitHub',
  linkedin: 'LinkedIn',
  sms: 'SMS',
  twitter: 'X',
  windowslive: 'Microsoft',
};

export function formatNumber(value: number): string {
  return number.format(value);
}

/** Formats the number of results, with "or more" if Auth0 may have stopped counting. */
export function formatTotal(value: number, isMinimum: boolean): string {
  return isMinimum ? `${number.format(value)} or more` : number.format(value);
}

export function countUsers(value: number, isMinimum = false): string {
  return `${formatTotal(value, isMinimum)} ${value === 1 && !isMinimum ? 'user' : 'users'}`;
}

export function formatAgo(iso: string, now = Date.now()): string {
  return ifTime(iso, (time) => {
    const seconds = (time - now) / 1000;
    const [unit, span] = SPANS.find(([, , from]) => Math.abs(seconds) >= from) ?? ['second', 1];
    return relative.format(Math.trunc(seconds / span), unit);
  });
}

export function formatExact(iso: string): string {
  return ifTime(iso, exact.format);
}

export function formatDay(iso: string): string {
  return ifTime(iso, day.format);
}

/** Formats a time. Returns the text unchanged if it is not a valid time. */
function ifTime(iso: string, format: (time: number) => string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : format(time);
}

export function displayName(user: User): string {
  return user.name || user.email || user.username || user.phone_number || user.user_id;
}

/** The text to type to confirm a deletion. */
export function confirmation(user: User): string {
  return user.email || user.user_id;
}

export function initials(user: User): string {
  const name = displayName(user).replace(/@.*/, '');
  const words = name.match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? [];
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters.map((word) => word.match(/^\p{L}\p{M}*/u)![0].toLocaleUpperCase()).join('') || '#';
}

/** One of eight hues, always the same for the same user. */
export function hue(id: string): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.codePointAt(0)!) | 0;
  return Math.abs(hash % 8);
}

/** The connections of a user: familiar labels and Auth0's names. The first one is the primary identity's. */
export function connections(user: User): { label: string; name: string }[] {
  return (user.identities ?? []).map(({ connection: name = '' }) => ({ label: CONNECTIONS[name] ?? name, name }));
}

/** What to do about a problem, if its detail does not say. */
export function advice(problem: Problem): string {
  switch (problem.slug) {
    case 'insufficient-permission':
      return 'Ask an administrator of this Auth0 tenant for the permission, then sign in again.';
    case 'organization-token':
      return 'Sign out, then sign in without choosing an organization.';
    case 'missing-token':
    case 'invalid-token':
      return 'If signing in again does not help, check that domain, issuer and audience in config.json match the settings of the API.';
    case 'tenant-refused':
    case 'vault-unavailable':
    case 'misconfigured':
      return 'Contact the administrator of this API.';
    case 'offline':
      return 'The page continues automatically when you are back online.';
    case 'unreachable':
      return 'Check that the API is running and that its allowed origins include the origin of this page.';
    case 'incomplete-export':
      return 'Try the export again.';
    default:
      return '';
  }
}
