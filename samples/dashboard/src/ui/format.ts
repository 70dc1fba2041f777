// Formats values for display, in the browser's locale.
import type { User } from '../api/client';
import { visible } from './names';

const number = new Intl.NumberFormat();
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
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

// The order matters: Edge and Opera claim to be Chrome too, and Chrome claims to be Safari.
const BROWSERS: [string, RegExp][] = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS)\//],
  ['Safari', /\bVersion\/.*Safari\//],
  ['curl', /^curl\//],
];

const SYSTEMS: [string, RegExp][] = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows NT\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
];

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

export function formatTime(iso: string): string {
  return ifTime(iso, time.format);
}

export function formatDay(iso: string): string {
  return ifTime(iso, day.format);
}

/** Formats a time. Returns the text unchanged if it is not a valid time. */
function ifTime(iso: string, format: (time: number) => string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? visible(iso) : format(time);
}

/** When the user last logged in. Some tenants have a date in the year 1 for never. */
export function lastLogin(user: User): string | undefined {
  return user.last_login && !(Date.parse(user.last_login) < 0) ? user.last_login : undefined;
}

/** A familiar label for a connection, or its name. */
export function connectionLabel(name: string): string {
  return CONNECTIONS[name] ?? visible(name);
}

/** The connections of a user: familiar labels and Auth0's names. The first one is the primary identity's. */
export function connections(user: User): { label: string; name: string }[] {
  return (user.identities ?? []).map(({ connection: name = '' }) => ({ label: connectionLabel(name), name }));
}

/** "Chrome on Windows" for what a client says that it is; undefined for anything else. */
export function formatClient(userAgent = ''): string | undefined {
  const browser = BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  return browser && system ? `${browser} on ${system}` : (browser ?? system);
}
