import { ref } from 'vue';

// In milliseconds, long enough to read a sentence twice.
const SHOWN = 7000;

/** A message about something that is done. It disappears by itself. */
export const toast = ref('');

let timer: ReturnType<typeof setTimeout> | undefined;

export function showToast(text: string): void {
  clearTimeout(timer);
  toast.value = text;
  timer = setTimeout(() => (toast.value = ''), SHOWN);
}
