import { computed, onScopeDispose, shallowRef } from 'vue';
import type { Api, Me, Permission, User } from '../api/client';
import { ApiError, type Problem } from '../api/problems';
import { useRetry } from '../ui/useRetry';

/**
 * What the signed-in administrator may do. If the API cannot say, everything is offered, because the API decides about each request
 * anyway. Before it has said, nothing is.
 */
export function useMe(api: Api) {
  const me = shallowRef<Me>();
  const problem = shallowRef<Problem>();
  const request = new AbortController();

  const protectedIds = computed(() => new Set(me.value?.protected_users));

  async function load(): Promise<void> {
    try {
      me.value = await api.getMe(request.signal);
      problem.value = undefined;
    } catch (error) {
      if (request.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
    }
  }

  const may = (permission: Permission): boolean =>
    me.value ? me.value.permissions.includes(permission) : problem.value !== undefined;

  /** Whether the API has said what the administrator may do, or cannot say it. */
  const isKnown = (): boolean => me.value !== undefined || problem.value !== undefined;

  /** Whether this is the administrator's own account, under any of its IDs. */
  const isMe = (user: User): boolean => me.value !== undefined && idsOf(user).includes(me.value.sub);

  /** Whether the API protects the user. It says so only to those who may delete. */
  const isProtected = (user: User): boolean => idsOf(user).some((id) => protectedIds.value.has(id));

  void load();
  useRetry(problem, load);
  onScopeDispose(() => request.abort());
  return { may, isKnown, isMe, isProtected };
}

export type Access = ReturnType<typeof useMe>;

/** The ID of a user and those of their linked accounts. */
function idsOf(user: User): string[] {
  return [user.user_id, ...(user.identities ?? []).map(({ provider, user_id }) => `${provider}|${user_id}`)];
}
