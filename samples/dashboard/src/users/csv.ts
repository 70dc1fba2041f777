import type { User } from '../api/client';
import { csvHeader, csvLine } from '../ui/csv';

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

export const CSV_HEADER = csvHeader(COLUMNS);

/** Formats a user as a line of CSV. */
export function toCsv(user: User): string {
  return csvLine(COLUMNS.map((column) => user[column]));
}
