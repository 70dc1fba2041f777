import { useAuth0 } from '@auth0/auth0-vue';
import { computed, ref, watch } from 'vue';
import { ApiError } from '../api/problems';
import { forgetDeleted, rememberFor } from '../users/deleted';
import { forgetLatest } from '../users/latest';
import { useOtherTabs } from './useOtherTabs';

interface OAuthError {
  error?: string;
  error_description?: string;
  message?: string;
}

/** The signed-in account, and access tokens for the API. */
export function useAuth() {
  const auth0 = useAuth0();
  const isReady = ref(false);
  const wasSignedIn = ref(false);
  const otherTabs = useOtherTabs(leave);

  // The list reads its state from the URL. The plugin restores that URL just after it sets isLoading to false, so wait one turn.
  watch(auth0.isLoading, (isLoading) => isLoading || setTimeout(start), { immediate: true });
  watch(
    auth0.isAuthenticated,
    (isSignedIn) => {
      if (!isSignedIn) return;
      wasSignedIn.value = true;
      otherTabs.rememberSignIn();
    },
    { immediate: true },
  );
  watch(() => auth0.user.value?.sub, (sub) => sub && rememberFor(sub), { immediate: true, flush: 'sync' });

  const state = computed(() => {
    if (!isReady.value) return 'starting';
    if (otherTabs.signedOut.value) return 'signed-out-elsewhere';
    if (auth0.isAuthenticated.value) return 'signed-in';
    return wasSignedIn.value ? 'session-ended' : 'signed-out';
  });

  /** Why the tenant refused the sign-in. A failed silent sign-in is not an error: there is just no session. */
  const signInError = computed(() => {
    const { error, error_description: description, message } = (auth0.error.value ?? {}) as OAuthError;
    return state.value === 'signed-out' && error && !NOT_SIGNED_IN.includes(error) ? description || message : undefined;
  });

  async function start(): Promise<void> {
    const error = auth0.error.value as (OAuthError & { appState?: { target?: string } }) | null;
    // Restore the URL after a refused sign-in, too.
    if (error?.appState?.target) history.replaceState(null, '', error.appState.target);
    // The code in the URL was not for this tab or has been used, as after going back in the history. The session may still exist.
    if (FOREIGN_CODE.includes(error?.error ?? '')) await auth0.checkSession().catch(() => undefined);
    isReady.value = true;
  }

  /** Returns an access token, unless the account has signed out in another tab. */
  async function token(fresh: boolean): Promise<string> {
    try {
      const token = otherTabs.check() && (await auth0.getAccessTokenSilently(fresh ? { cacheMode: 'off' } : {}));
      // The account can sign out while the token is on its way.
      if (token && otherTabs.check()) return token;
    } catch (error) {
      throw new ApiError(toProblem(error as OAuthError));
    }
    throw new ApiError(SESSION_ENDED);
  }

  /** Forgets the account in this tab, after it has signed out in another. */
  function leave(): void {
    forgetDeleted();
    forgetLatest();
    void auth0.logout({ openUrl: false });
  }

  return {
    state,
    signInError,
    user: auth0.user,
    token,
    // Keep the URL, so that the same page is shown after signing in.
    signIn: () => auth0.loginWithRedirect({ appState: { target: location.pathname + location.search + location.hash } }),
    signOut: () => {
      forgetDeleted();
      otherTabs.announceSignOut();
      return auth0.logout({ logoutParams: { returnTo: location.origin } });
    },
  };
}

// The errors of Auth0's SDK about a callback that belongs to no sign-in of this tab.
const FOREIGN_CODE = ['missing_transaction', 'state_mismatch'];

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
