import { nextTick, watch } from 'vue';

/**
 * When a user is closed, returns the focus to where it was before they were opened. On a phone, where the user is in place of the list,
 * the page also returns to where it was scrolled.
 * @param open The ID of the user who is open.
 * @param list The list, which is hidden on a phone.
 * @param focusRow Focuses the row of a user, for an opener that has disappeared.
 */
export function usePanelFocus(open: () => string, list: () => HTMLElement | null, focusRow: (id: string) => void): void {
  let opener: Element | null = null;
  let scrolled: number | undefined;

  watch(open, async (id, before) => {
    if (before && id) {
      // Another user: return to their row, not to the first one's.
      opener = null;
    } else if (id) {
      opener = document.activeElement;
      const { scrollY } = window;
      await nextTick();
      scrolled = list()?.checkVisibility() ? undefined : scrollY;
      if (scrolled !== undefined) scrollTo(0, 0);
    } else {
      await nextTick();
      if (scrolled !== undefined) scrollTo(0, scrolled);
      if (opener instanceof HTMLElement && opener !== document.body && opener.checkVisibility()) opener.focus({ preventScroll: true });
      else focusRow(before);
    }
  });
}
