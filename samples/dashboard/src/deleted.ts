import { reactive } from 'vue';
import type { User } from './api';

// Auth0's search index lags: it can list a deleted user for a while, after a reload, too.
const LAG = 10 * 60_000;
const KEY = 'deleted-users';

const deleted = reactive(new Map<string, number>(stored()));

export function rememberDeleted(id: string): void {
  deleted.set(id, Date.now());
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...deleted]));
  } catch {
    // Without storage it is remembered until the next reload.
  }
}

/** Whether the list shows someone who is gone. Who came back since, under the same id, is not. */
export function isDeleted(user: User): boolean {
  const at = deleted.get(user.user_id);
  return at !== undefined && Date.now() - at < LAG && !(Date.parse(user.created_at ?? '') > at);
}

function stored(): [string, number][] {
  try {
    const entries: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return (entries as [string, number][]).filter(([, at]) => Date.now() - at < LAG);
  } catch {
    return [];
  }
}
