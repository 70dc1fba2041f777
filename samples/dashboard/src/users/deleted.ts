import { reactive } from 'vue';
import type { User } from '../api/client';

// In milliseconds. Auth0's search index lags: it can still list a deleted user for a while, even after a reload.
const LAG = 10 * 60_000;
const PREFIX = 'deleted-users';

const deleted = reactive(new Map<string, number>());
let account: string | undefined;

/** Loads the users that this account deleted in this tab, including before a reload. Those that other accounts deleted stay hidden. */
export function rememberFor(sub: string): void {
  if (sub === account) return;
  account = sub;
  deleted.clear();
  for (const [id, at] of stored(keyOf(sub))) deleted.set(id, at);
}

export function rememberDeleted(...ids: string[]): void {
  for (const id of ids) deleted.set(id, Date.now());
  if (account === undefined) return;
  try {
    sessionStorage.setItem(keyOf(account), JSON.stringify([...deleted]));
  } catch {
    // Storage is unavailable: remember it until the next reload.
  }
}

/** Forgets the deletions of all accounts, so that the next user of this browser tab learns nothing about them. */
export function forgetDeleted(): void {
  account = undefined;
  deleted.clear();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  } catch {
    // Storage is unavailable: there is nothing to remove.
  }
}

/** Whether a listed user was deleted. A user who signed up again with the same ID was not. */
export function isDeleted(user: User): boolean {
  const at = deleted.get(user.user_id);
  return at !== undefined && Date.now() - at < LAG && !(Date.parse(user.created_at ?? '') > at);
}

function keyOf(sub: string): string {
  return `${PREFIX}:${sub}`;
}

function stored(key: string): [string, number][] {
  try {
    const entries: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return (entries as [string, number][]).filter(([, at]) => Date.now() - at < LAG);
  } catch {
    return [];
  }
}
