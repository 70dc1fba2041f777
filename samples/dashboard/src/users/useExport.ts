import { onScopeDispose, ref, shallowRef } from 'vue';
import type { Api } from '../api/client';
import { ApiError, type Problem } from '../api/problems';
import { CSV_HEADER, toCsv } from './csv';

/** The export of all users that match a search, with its progress and result. An incomplete export is not saved. */
export function useExport(api: Api, save = saveFile) {
  const running = ref(false);
  const users = ref(0);
  const problem = shallowRef<Problem>();
  let request: AbortController | undefined;

  async function start(q: string): Promise<boolean> {
    cancel();
    const { signal } = (request = new AbortController());
    running.value = true;
    users.value = 0;
    problem.value = undefined;
    try {
      const rows = [CSV_HEADER];
      for await (const user of api.exportUsers({ q, signal })) {
        const count = rows.push(toCsv(user)) - 1;
        // Update the display once per hundred users.
        if (count % 100 === 0) users.value = count;
      }
      users.value = rows.length - 1;
      save(new Blob(rows, { type: 'text/csv' }), `users-${new Date().toISOString().slice(0, 10)}.csv`);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
      return false;
    } finally {
      if (request?.signal === signal) running.value = false;
    }
  }

  function cancel(): void {
    request?.abort();
    running.value = false;
  }

  function dismiss(): void {
    problem.value = undefined;
  }

  onScopeDispose(cancel);
  return { running, users, problem, start, cancel, dismiss };
}

function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // Give the browser time to start the download.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
