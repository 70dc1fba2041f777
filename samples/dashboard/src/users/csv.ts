import type { User } from '../api/client';

// The same columns and cells as in the API's CSV export (GET /users/export?format=csv&bom=true). The dashboard creates the CSV from
// NDJSON, because NDJSON also contains the number of users and the reason of a failure.
const COLUMNS = [
  'user_id',
  'email',
  'email_verified',
  'username',
  'phone_number',
  'phone_verified',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'picture',
  'created_at',
  'updated_at',
  'last_login',
  'last_ip',
  'logins_count',
  'blocked',
  'identities',
] as const satisfies (keyof User)[];

// The byte order mark tells spreadsheets that the file is UTF-8.
export const CSV_HEADER = `\uFEFF${COLUMNS.join(',')}\r\n`;

/** Formats a user as a line of CSV (RFC 4180). */
export function toCsv(user: User): string {
  return csvLine(COLUMNS.map((column) => user[column]));
}

/** Formats values as a line of CSV. */
export function csvLine(values: unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: unknown): string {
  const text = value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const escaped = neutralize(text);
  return /[",;\t\r\n\v\f\x85\u2028\u2029]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

/**
 * Puts a ' before each character that could start a formula (https://owasp.org/www-community/attacks/CSV_Injection), at every
 * position where a spreadsheet could start a cell, with any settings. A phone number is not changed.
 */
function neutralize(text: string): string {
  if (/^\+[0-9]+$/.test(text)) return text;
  return text.replace(/(?:^|[,;\t\r\n\v\f\x85\u2028\u2029])[\p{White_Space}"]*(?=[=+\-@＝＋－＠])/gu, "$&'");
}
