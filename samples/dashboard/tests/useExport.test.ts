import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import { type Api, ApiError, type ExportParameters, type User } from '../src/api';
import { CSV_HEADER, toCsv } from '../src/csv';
import { useExport } from '../src/useExport';

let scope: EffectScope;
beforeEach(() => void (scope = effectScope()));
afterEach(() => scope.stop());

function start(exportUsers: (parameters: ExportParameters) => AsyncGenerator<User, void, undefined>) {
  const save = vi.fn((_: Blob, __: string) => {});
  return { exporting: scope.run(() => useExport({ exportUsers } as Partial<Api> as Api, save))!, save };
}

test('a whole export is saved', async () => {
  const { exporting, save } = start(async function* () {
    yield { user_id: 'a|1', email: 'a@example.com' };
    yield { user_id: 'a|2', blocked: true };
  });
  expect(await exporting.start('')).toBe(true);
  expect(exporting.users.value).toBe(2);
  const [file, name] = save.mock.calls[0]!;
  expect(name).toMatch(/^users-\d{4}-\d\d-\d\d\.csv$/);
  expect((await file.text()).trim().split('\r\n')).toHaveLength(3);
});

test('a broken export is a problem and no file', async () => {
  const { exporting, save } = start(async function* () {
    yield { user_id: 'a|1' };
    throw new ApiError({ slug: 'incomplete-export', title: '', detail: '' });
  });
  expect(await exporting.start('')).toBe(false);
  expect(exporting.problem.value?.slug).toBe('incomplete-export');
  expect(exporting.running.value).toBe(false);
  expect(save).not.toHaveBeenCalled();
});

test('a cancelled export is neither', async () => {
  const { exporting, save } = start(async function* ({ signal }) {
    yield { user_id: 'a|1' };
    await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))));
  });
  const done = exporting.start('');
  await vi.waitFor(() => expect(exporting.running.value).toBe(true));
  await new Promise((resolve) => setTimeout(resolve));
  exporting.cancel();
  expect(await done).toBe(false);
  expect(exporting.running.value).toBe(false);
  expect(exporting.problem.value).toBeUndefined();
  expect(save).not.toHaveBeenCalled();
});

test('a line has a cell for each column, quoted where it has to be', () => {
  const columns = CSV_HEADER.trim().split(',').length;
  expect(toCsv({ user_id: 'a|1' }).split(',')).toHaveLength(columns);
  expect(toCsv({ user_id: 'a|1', name: 'Smith, "Ann"\nB' })).toContain('"Smith, ""Ann""\nB"');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠SUM(A1)', '\t=1', '\r=1'])('a spreadsheet does not run %j', (name) => {
  expect(toCsv({ user_id: 'a|1', name })).toContain(`'${name}`);
});
