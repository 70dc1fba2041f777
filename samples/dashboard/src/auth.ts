import { useAuth0 } from '@auth0/auth0-vue';
import { computed, ref, watch } from 'vue';
import { ApiError } from './api';
import { forgetDeleted, rememberFor } from './deleted';

/** Who is here, and access tokens for the API. Tokens stay in memory; a reload signs in silently, by the tenant's session. */
export function useAuth() {
  const auth0 = useAuth0();
  const isReady = ref(false);
  const wasSignedIn = ref(false);

  // The plugin puts the address right, of which the list takes its state, just after it has told that it is done.
  watch(auth0.isLoading, (isLoading) => isLoading || setTimeout(start), { immediate: true });
  watch(auth0.isAuthenticated, (isSignedIn) => (wasSignedIn.value ||= isSignedIn), { immediate: true });
  watch(() => auth0.user.value?.sub, (sub) => sub && rememberFor(sub), { immediate: true, flush: 'sync' });

  const state = computed(() =>
    !isReady.value ? 'starting' : auth0.isAuthenticated.value ? 'signed-in' : wasSignedIn.value ? 'session-ended' : 'signed-out',
  );

  /** What the tenant said against signing in. Its refusals of silent tries are no news. */
  const refusal = computed(() => {
    const { error, error_description: description, message } = (auth0.error.value ?? {}) as Partial<Record<'error' | 'error_description' | 'message', string>>;
    return state.value === 'signed-out' && error && !NOT_SIGNED_IN.includes(error) ? description || message : undefined;
  });

  function start(): void {
    const target = (auth0.error.value as { appState?: { target?: string } } | null)?.appState?.target;
    // Who was refused keeps the address as well.
    if (target) history.replaceState(null, '', target);
    isReady.value = true;
  }

  async function token(fresh: boolean): Promise<string> {
    try {
      const token = await auth0.getAccessTokenSilently(fresh ? { cacheMode: 'off' } : {});
      if (token) return token;
    } catch (error) {
      throw new ApiError(toProblem(error as { error?: string; message?: string }));
    }
    throw new ApiError(SESSION_ENDED);
  }

  return {
    state,
    refusal,
    user: auth0.user,
    token,
    // The address goes along, so that the same list is there afterwards.
    signIn: () => auth0.loginWithRedirect({ appState: { target: location.pathname + location.search } }),
    signOut: () => {
      forgetDeleted();
      return auth0.logout({ logoutParams: { returnTo: location.origin } });
    },
  };
}

const NOT_SIGNED_IN = ['login_required', 'consent_required', 'interaction_required'];

const SESSION_ENDED = { slug: 'session-ended', title: 'Your session has ended', detail: 'Sign in again to go on where you were.' } as const;

function toProblem({ error, message }: { error?: string; message?: string }) {
  return NOT_SIGNED_IN.includes(error ?? '')
    ? SESSION_ENDED
    : ({
        slug: 'sign-in-unavailable',
        title: 'There is no access token to be had',
        detail: error && error !== 'timeout' ? `The tenant says: ${message}` : 'The tenant, which issues it, does not answer.',
      } as const);
}
