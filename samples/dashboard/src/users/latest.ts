import { shallowReactive } from 'vue';
import type { User, UserDetails } from '../api/client';

// Users who were read by ID. Auth0's search index lags, so a list can still have them as they were.
const read = shallowReactive(new Map<string, UserDetails>());

export function rememberLatest(user: UserDetails): void {
  read.set(user.user_id, user);
}

export function forgetLatest(): void {
  read.clear();
}

/** The user with an ID, if they have been read. */
export function latestOf(id: string): UserDetails | undefined {
  return read.get(id);
}

/** A listed user as they were last read, unless the list is newer. */
export function latest(listed: User): User {
  const user = read.get(listed.user_id);
  return user && !(Date.parse(listed.updated_at ?? '') > Date.parse(user.updated_at ?? '')) ? user : listed;
}
