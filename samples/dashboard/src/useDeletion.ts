import { computed, ref, shallowRef } from 'vue';
import { type Api, ApiError, type Problem, type Slug, type User } from './api';
import { rememberDeleted } from './deleted';
import { confirmation } from './format';
import { useRetry } from './useRetry';

// Refused whoever asks how often: there is nothing to try again.
const FINAL: Slug[] = ['self-deletion', 'protected-user', 'insufficient-permission', 'organization-token', 'invalid-request', 'not-found'];

// The answer got lost, perhaps not the request.
const UNCERTAIN: Slug[] = ['tenant-timeout', 'tenant-unavailable', 'tenant-refused', 'unreachable', 'unexpected'];

/** A deletion: of whom, whether it is meant, and what came of it. */
export function useDeletion(api: Api) {
  const user = shallowRef<User>();
  const typed = ref('');
  const pending = ref(false);
  const mismatch = ref(false);
  const problem = shallowRef<Problem>();

  const { secondsLeft } = useRetry(problem);

  const isConfirmed = computed(() => user.value !== undefined && same(typed.value, confirmation(user.value)));
  const isFinal = computed(() => problem.value !== undefined && FINAL.includes(problem.value.slug));
  const isUncertain = computed(() => problem.value !== undefined && UNCERTAIN.includes(problem.value.slug));

  function ask(about: User): void {
    user.value = about;
    typed.value = '';
    mismatch.value = false;
    problem.value = undefined;
  }

  function change(text: string): void {
    typed.value = text;
    mismatch.value = false;
  }

  /** Deletes, if what was typed says so. */
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

function same(typed: string, wanted: string): boolean {
  return typed.trim().toLowerCase() === wanted.toLowerCase();
}
