import type { User } from './api';

const COLUMNS: [string, (user: User) => unknown][] = [
  ...(
    [
      'user_id',
      'email',
      'email_verified',
      'username',
      'phone_number',
      'name',
      'given_name',
      'family_name',
      'nickname',
      'created_at',
      'updated_at',
      'last_login',
      'last_ip',
      'logins_count',
      'blocked',
    ] as const
  ).map((field): [string, (user: User) => unknown] => [field, (user) => user[field]]),
  ['connections', (user) => user.identities?.map((identity) => identity.connection).join(' ')],
];

// A byte order mark, or spreadsheets take the file for one of an older encoding.
export const CSV_HEADER = `\uFEFF${COLUMNS.map(([name]) => name).join(',')}\r\n`;

/** A line of RFC 4180. */
export function toCsv(user: User): string {
  return `${COLUMNS.map(([, value]) => cell(value(user))).join(',')}\r\n`;
}

function cell(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value);
  // Spreadsheets run as a formula what begins like one, in full width too: https://owasp.org/www-community/attacks/CSV_Injection
  const harmless = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
