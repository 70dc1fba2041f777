import { computed, ref, shallowRef } from 'vue';
import type { Api, UserDetails } from '../api/client';
import { ApiError, type Problem, type Slug } from '../api/problems';
import { confirmation, typeable } from '../ui/names';
import { useRetry } from '../ui/useRetry';
import { rememberDeleted } from '../users/deleted';
import { rememberLatest } from '../users/latest';
import { type Action, databaseConnections, type Outcome } from './actions';

// A retry would be refused again.
const FINAL: Slug[] = [
  'self-deletion',
  'own-account',
  'protected-user',
  'no-password',
  'no-email',
  'no-verification',
  'connection-required',
  'not-in-plan',
  'no-such-user',
  'insufficient-permission',
  'organization-token',
  'invalid-request',
  'not-found',
];

// The API does not know whether Auth0 did it, or its own response was lost.
const UNCERTAIN: Slug[] = ['outcome-unknown', 'unreachable', 'unreadable', 'unexpected'];

/** An action on a user: what is asked beforehand, the request and its outcome. */
export function useAction(api: Api, action: Action, user: UserDetails) {
  const typed = ref('');
  const pending = ref(false);
  const mismatch = ref(false);
  const problem = shallowRef<Problem>();
  /** Set if only a part was done. */
  const partial = shallowRef<Outcome>();

  /** The accounts to choose from. With one, the API knows which is meant. */
  const connections = ref<string[]>([]);
  const connection = ref<string>();
  if (action.name === 'password') letChoose(user);

  const toType = action.name === 'delete' ? confirmation(user) : '';
  const isConfirmed = computed(() => typeable(typed.value) === typeable(toType));
  const isFinal = computed(() => {
    // Now there is something to choose.
    if (problem.value?.slug === 'connection-required' && connection.value) return false;
    return partial.value !== undefined || (problem.value !== undefined && FINAL.includes(problem.value.slug));
  });
  const isUncertain = computed(() => problem.value !== undefined && UNCERTAIN.includes(problem.value.slug));

  const { secondsLeft } = useRetry(problem);

  function letChoose(user: UserDetails): void {
    connections.value = databaseConnections(user);
    if (connections.value.length > 1) connection.value ??= connections.value[0];
  }

  function change(text: string): void {
    typed.value = text;
    mismatch.value = false;
  }

  /** Does it, if it is confirmed. Returns what happened if it was done as a whole. */
  async function run(): Promise<Outcome | undefined> {
    if (pending.value || isFinal.value || secondsLeft.value > 0) return undefined;
    mismatch.value = !isConfirmed.value;
    if (mismatch.value) return undefined;

    pending.value = true;
    problem.value = undefined;
    try {
      const outcome = await action.run(api, user, connection.value);
      if (action.name === 'delete') rememberDeleted(user.user_id);
      else void reread();
      if (!outcome.detail) return outcome;
      partial.value = outcome;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
      void reread();
    } finally {
      pending.value = false;
    }
    return undefined;
  }

  /** Reads the user again, so that the page shows what has become of them. */
  async function reread(): Promise<void> {
    try {
      const latest = await api.getUser(user.user_id);
      rememberLatest(latest);
      if (action.name === 'password') letChoose(latest);
    } catch (error) {
      if (error instanceof ApiError && error.problem.slug === 'no-such-user') rememberDeleted(user.user_id);
    }
  }

  return {
    typed,
    toType,
    pending,
    mismatch,
    problem,
    partial,
    connection,
    connections,
    secondsLeft,
    isConfirmed,
    isFinal,
    isUncertain,
    change,
    run,
  };
}
