import { reactive } from 'vue';
import type { User } from './api';

// Auth0's search index lags: it can list a deleted user for a while, after a reload, too.
const LAG = 10 * 60_000;
const PREFIX = 'deleted-users';

const deleted = reactive(new Map<string, number>());
let account: string | undefined;

/** Takes up what this account has deleted here, also before a reload. What another one has deleted is not shown to it. */
export function rememberFor(sub: string): void {
  if (sub === account) return;
  account = sub;
  deleted.clear();
  for (const [id, at] of stored(keyOf(sub))) deleted.set(id, at);
}

export function rememberDeleted(id: string): void {
  deleted.set(id, Date.now());
  if (account === undefined) return;
  try {
    sessionStorage.setItem(keyOf(account), JSON.stringify([...deleted]));
  } catch {
    // Without storage it is remembered until the next reload.
  }
}

/** Forgets everyone's deletions: whoever uses this browser tab next learns nothing of them. */
export function forgetDeleted(): void {
  account = undefined;
  deleted.clear();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  } catch {
    // Without storage there is nothing in it.
  }
}

/** Whether the list shows someone who is gone. Who came back since, under the same id, is not. */
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
