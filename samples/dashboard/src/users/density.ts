import { ref, watch } from 'vue';

const KEY = 'density';

/** Whether the rows of the table are low, so that more of them fit. The browser remembers it. */
export const isCompact = ref(read() === 'compact');

watch(isCompact, (isCompact) => {
  try {
    localStorage.setItem(KEY, isCompact ? 'compact' : 'comfortable');
  } catch {
    // Storage is unavailable: it is as before after a reload.
  }
});

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
