import { onScopeDispose, ref } from 'vue';

const NAME = 'signed-out';

/**
 * Signing out in one tab ends the session in all of them. The other tabs are told at once. A tab that was asleep and missed that finds
 * the time of the sign-out in storage.
 * @param leave Called once, when the account has signed out in another tab.
 */
export function useOtherTabs(leave: () => void) {
  const signedOut = ref(false);
  let signedInAt = Infinity;
  const channel = new BroadcastChannel(NAME);

  function rememberSignIn(): void {
    signedInAt = Math.min(signedInAt, Date.now());
  }

  function announceSignOut(): void {
    try {
      localStorage.setItem(NAME, `${Date.now()}`);
    } catch {
      // Storage is unavailable: the message has to do.
    }
    channel.postMessage(NAME);
  }

  /** Whether the account is still signed in, as far as the tabs of this browser know. */
  function check(): boolean {
    if (!signedOut.value && lastSignOut() > signedInAt) end();
    return !signedOut.value;
  }

  function end(): void {
    // Before the first sign-in of this tab, there is nothing to end.
    if (signedOut.value || signedInAt === Infinity) return;
    signedOut.value = true;
    leave();
  }

  channel.addEventListener('message', end);
  // After a tab has been asleep, or comes back from the history.
  for (const event of ['pageshow', 'visibilitychange'] as const) addEventListener(event, check);
  onScopeDispose(() => {
    channel.close();
    for (const event of ['pageshow', 'visibilitychange'] as const) removeEventListener(event, check);
  });

  return { signedOut, rememberSignIn, announceSignOut, check };
}

function lastSignOut(): number {
  try {
    return Number(localStorage.getItem(NAME));
  } catch {
    return 0;
  }
}
