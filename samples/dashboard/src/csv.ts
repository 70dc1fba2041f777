import type { User } from './api';

// The API's own table (GET /users/export?format=csv&bom=true): the same columns and cells. The dashboard writes it out of NDJSON, in
// which the API also says how many users there are and why an export fails.
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

// A byte order mark, or spreadsheets take the file for one of an older encoding.
export const CSV_HEADER = `\uFEFF${COLUMNS.join(',')}\r\n`;

/** A line of RFC 4180. */
export function toCsv(user: User): string {
  return `${COLUMNS.map((column) => cell(user[column])).join(',')}\r\n`;
}

function cell(value: unknown): string {
  const text = value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const harmless = disarm(text);
  return /[",;\t\r\n\v\f\x85\u2028\u2029]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Puts a ' before each character that would begin a formula (https://owasp.org/www-community/attacks/CSV_Injection), wherever a
 * spreadsheet of any settings may begin a cell. A phone number stays what it is.
 */
function disarm(text: string): string {
  if (/^\+[0-9]+$/.test(text)) return text;
  return text.replace(/(?:^|[,;\t\r\n\v\f\x85\u2028\u2029])[\p{White_Space}"]*(?=[=+\-@＝＋－＠])/gu, "$&'");
}
