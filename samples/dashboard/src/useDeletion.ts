import { computed, ref, shallowRef } from 'vue';
import { type Api, ApiError, type Problem, type Slug, type User } from './api';
import { rememberDeleted } from './deleted';
import { confirmation } from './format';
import { useRetry } from './useRetry';

// A retry would be refused again.
const FINAL: Slug[] = ['self-deletion', 'protected-user', 'insufficient-permission', 'organization-token', 'invalid-request', 'not-found'];

// The API does not know whether Auth0 deleted the user, or its own response was lost.
const UNCERTAIN: Slug[] = ['outcome-unknown', 'unreachable', 'unexpected'];

/** The deletion of a user: the confirmation, the request and its result. */
export function useDeletion(api: Api) {
  const user = shallowRef<User>();
  const typed = ref('');
  const pending = ref(false);
  const mismatch = ref(false);
  const problem = shallowRef<Problem>();

  const { secondsLeft } = useRetry(problem);

  const isConfirmed = computed(() => user.value !== undefined && matches(typed.value, confirmation(user.value)));
  const isFinal = computed(() => problem.value !== undefined && FINAL.includes(problem.value.slug));
  const isUncertain = computed(() => problem.value !== undefined && UNCERTAIN.includes(problem.value.slug));

  function ask(target: User): void {
    user.value = target;
    typed.value = '';
    mismatch.value = false;
    problem.value = undefined;
  }

  function change(text: string): void {
    typed.value = text;
    mismatch.value = false;
  }

  /** Deletes the user if the confirmation matches. Returns whether the user was deleted. */
  async function confirm(): Promise<boolean> {
    if (!user.value || pending.value || isFinal.value || secondsLeft.value > 0) return false;
    mismatch.value = !isConfirmed.value;
    if (mismatch.value) return false;

    pending.value = true;
    problem.value = undefined;
    try {
      await api.deleteUser(user.value.user_id);
      rememberDeleted(user.value.user_id);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
      return false;
    } finally {
      pending.value = false;
    }
  }

  return { user, typed, pending, mismatch, problem, secondsLeft, isConfirmed, isFinal, isUncertain, ask, change, confirm };
}

function matches(typed: string, expected: string): boolean {
  return typed.trim().toLowerCase() === expected.toLowerCase();
}
