import { onScopeDispose, type Ref, ref } from 'vue';
import { showToast } from '../ui/toast';
import { format, parse } from '../users/urlState';

/** The pages besides the list. A parameter of this name opens one. */
const OTHERS = ['clean-up', 'approve'] as const;

export type Page = 'users' | (typeof OTHERS)[number];

/**
 * The page that is open. It is in the URL, so that links, reloads and the browser's history work.
 * @param held Why the page must not be left now; empty if it can be.
 */
export function usePage(held: Ref<string>) {
  const page = ref(named());

  function open(name: Page): void {
    history.pushState({ opened: true }, '', `${location.pathname}${location.search ? `${location.search}&` : '?'}${name}`);
    page.value = name;
  }

  /** Returns to the list. */
  function close(): void {
    if ((history.state as { opened?: boolean } | null)?.opened) return history.back();
    history.replaceState(null, '', location.pathname + format(parse(location.search)));
    page.value = 'users';
  }

  function restore(): void {
    const next = named();
    if (next === page.value) return;
    if (held.value) {
      showToast(held.value);
      history.forward();
    } else {
      page.value = next;
    }
  }

  addEventListener('popstate', restore);
  onScopeDispose(() => removeEventListener('popstate', restore));
  return { page, open, close };
}

function named(): Page {
  const parameters = new URLSearchParams(location.search);
  return OTHERS.find((name) => parameters.has(name)) ?? 'users';
}
