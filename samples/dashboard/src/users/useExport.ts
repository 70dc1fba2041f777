import { onScopeDispose, ref, shallowRef } from 'vue';
import type { Api, ExportParameters } from '../api/client';
import { ApiError, type Problem, type Slug } from '../api/problems';
import { saveFile } from '../ui/saveFile';
import { CSV_HEADER, toCsv } from './csv';

const MOST_RESUMES = 3;

/** Failures after which it is worth going on. After the others, someone has to do something first. */
const TRANSIENT: Slug[] = [
  'incomplete-export',
  'unreachable',
  'offline',
  'tenant-unavailable',
  'tenant-rate-limited',
  'tenant-timeout',
  'too-many-exports',
];

/**
 * The export of all users that match a search, with its progress and result. If it breaks off, it goes on after its last cursor. An
 * incomplete export is not saved.
 */
export function useExport(api: Api, save = saveFile) {
  const running = ref(false);
  const resuming = ref(false);
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
      let after: ExportParameters['after'];
      const onCursor = (cursor: string) => (after = { cursor, users: rows.length - 1 });
      for (let resumes = 0; ; resumes++) {
        try {
          for await (const user of api.exportUsers({ q, signal, after, onCursor })) {
            resuming.value = false;
            const count = rows.push(toCsv(user)) - 1;
            // Update the display once per hundred users.
            if (count % 100 === 0) users.value = count;
          }
          break;
        } catch (error) {
          const isTransient = error instanceof ApiError && TRANSIENT.includes(error.problem.slug);
          if (signal.aborted || !isTransient || !after || resumes === MOST_RESUMES) throw error;
          // The users after the last cursor come again.
          rows.length = after.users + 1;
          users.value = after.users;
          resuming.value = true;
          await pause(error.problem.retryAfter ?? 2 ** resumes, signal);
        }
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
      if (request?.signal === signal) running.value = resuming.value = false;
    }
  }

  function cancel(): void {
    request?.abort();
    running.value = resuming.value = false;
  }

  function dismiss(): void {
    problem.value = undefined;
  }

  onScopeDispose(cancel);
  return { running, resuming, users, problem, start, cancel, dismiss };
}

/** Waits for some seconds. Throws if it is aborted. */
function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
