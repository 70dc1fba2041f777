import { useAuth0 } from '@auth0/auth0-vue';
import { computed, ref, watch } from 'vue';
import { ApiError } from './api';
import { forgetDeleted, rememberFor } from './deleted';

interface OAuthError {
  error?: string;
  error_description?: string;
  message?: string;
}

/** The signed-in account, and access tokens for the API. Tokens stay in memory; after a reload, the tenant's session gives new ones. */
export function useAuth() {
  const auth0 = useAuth0();
  const isReady = ref(false);
  const wasSignedIn = ref(false);

  // The list reads its state from the URL. The plugin restores that URL just after it sets isLoading to false, so wait one turn.
  watch(auth0.isLoading, (isLoading) => isLoading || setTimeout(start), { immediate: true });
  watch(auth0.isAuthenticated, (isSignedIn) => (wasSignedIn.value ||= isSignedIn), { immediate: true });
  watch(() => auth0.user.value?.sub, (sub) => sub && rememberFor(sub), { immediate: true, flush: 'sync' });

  const state = computed(() =>
    !isReady.value ? 'starting' : auth0.isAuthenticated.value ? 'signed-in' : wasSignedIn.value ? 'session-ended' : 'signed-out',
  );

  /** Why the tenant refused the sign-in. A failed silent sign-in is not an error: there is just no session. */
  const signInError = computed(() => {
    const { error, error_description: description, message } = (auth0.error.value ?? {}) as OAuthError;
    return state.value === 'signed-out' && error && !NOT_SIGNED_IN.includes(error) ? description || message : undefined;
  });

  function start(): void {
    const target = (auth0.error.value as { appState?: { target?: string } } | null)?.appState?.target;
    // Restore the URL after a refused sign-in, too.
    if (target) history.replaceState(null, '', target);
    isReady.value = true;
  }

  async function token(fresh: boolean): Promise<string> {
    try {
      const token = await auth0.getAccessTokenSilently(fresh ? { cacheMode: 'off' } : {});
      if (token) return token;
    } catch (error) {
      throw new ApiError(toProblem(error as OAuthError));
    }
    throw new ApiError(SESSION_ENDED);
  }

  return {
    state,
    signInError,
    user: auth0.user,
    token,
    // Keep the URL, so that the same list is shown after signing in.
    signIn: () => auth0.loginWithRedirect({ appState: { target: location.pathname + location.search } }),
    signOut: () => {
      forgetDeleted();
      return auth0.logout({ logoutParams: { returnTo: location.origin } });
    },
  };
}

const NOT_SIGNED_IN = ['login_required', 'consent_required', 'interaction_required'];

const SESSION_ENDED = {
  slug: 'session-ended',
  title: 'Your session has ended',
  detail: 'Sign in again to continue where you left off.',
} as const;

function toProblem({ error, message }: OAuthError) {
  return NOT_SIGNED_IN.includes(error ?? '')
    ? SESSION_ENDED
    : ({
        slug: 'sign-in-unavailable',
        title: 'Could not get an access token',
        detail: error && error !== 'timeout' ? `Auth0 returned an error: ${message}` : 'Auth0 did not respond.',
      } as const);
}
