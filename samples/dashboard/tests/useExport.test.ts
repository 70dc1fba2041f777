import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import type { Api, ExportParameters, User } from '../src/api/client';
import { ApiError, type Slug } from '../src/api/problems';
import { CSV_HEADER, toCsv } from '../src/users/csv';
import { useExport } from '../src/users/useExport';
// The API's tests read it too.
import cells from '../../../AdminFunctions.Tests/Export/csv-cells.json' with { type: 'json' };

let scope: EffectScope;
beforeEach(() => void (scope = effectScope()));
afterEach(() => scope.stop());

function start(exportUsers: (parameters: ExportParameters) => AsyncGenerator<User, void, undefined>) {
  const save = vi.fn((_: Blob, __: string) => {});
  return { exporting: scope.run(() => useExport({ exportUsers } as Partial<Api> as Api, save))!, save };
}

test('a complete export is saved', async () => {
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

test('an incomplete export is reported and not saved', async () => {
  const { exporting, save } = start(async function* () {
    yield { user_id: 'a|1' };
    throw new ApiError({ slug: 'incomplete-export', title: '', detail: '' });
  });
  expect(await exporting.start('')).toBe(false);
  expect(exporting.problem.value?.slug).toBe('incomplete-export');
  expect(exporting.running.value).toBe(false);
  expect(save).not.toHaveBeenCalled();
});

test('an export that breaks off goes on after its last cursor, and says so', async () => {
  vi.useFakeTimers();
  try {
    const parameters: ExportParameters[] = [];
    const { exporting, save } = start(async function* (given) {
      parameters.push(given);
      if (given.after) {
        yield { user_id: 'a|2' };
        return;
      }
      yield { user_id: 'a|1' };
      given.onCursor!('c1');
      yield { user_id: 'a|2' };
      throw new ApiError({ slug: 'unreachable', title: '', detail: '' });
    });
    const done = exporting.start('');
    await vi.waitFor(() => expect(exporting.resuming.value).toBe(true));
    expect(exporting.users.value).toBe(1);
    await vi.runAllTimersAsync();
    expect(await done).toBe(true);
    expect(parameters[1]!.after).toEqual({ cursor: 'c1', users: 1 });
    expect(exporting.resuming.value).toBe(false);
    expect((await save.mock.calls[0]![0].text()).trim().split('\r\n')).toHaveLength(3);
  } finally {
    vi.useRealTimers();
  }
});

test.each<[Slug, number]>([
  ['unreachable', 4],
  ['insufficient-permission', 1],
])('an export that always ends with %s is tried %i times', async (slug, times) => {
  vi.useFakeTimers();
  try {
    let tries = 0;
    const { exporting, save } = start(async function* ({ onCursor }) {
      tries++;
      yield { user_id: 'a|1' };
      onCursor!('c1');
      throw new ApiError({ slug, title: '', detail: '' });
    });
    const done = exporting.start('');
    await vi.runAllTimersAsync();
    expect(await done).toBe(false);
    expect(tries).toBe(times);
    expect(exporting.problem.value?.slug).toBe(slug);
    expect(exporting.resuming.value).toBe(false);
    expect(save).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});

test('a canceled export does not resume', async () => {
  const { exporting } = start(async function* ({ onCursor }) {
    yield { user_id: 'a|1' };
    onCursor!('c1');
    throw new ApiError({ slug: 'unreachable', title: '', detail: '' });
  });
  const done = exporting.start('');
  await vi.waitFor(() => expect(exporting.resuming.value).toBe(true));
  exporting.cancel();
  expect(await done).toBe(false);
  expect(exporting.resuming.value).toBe(false);
  expect(exporting.problem.value).toBeUndefined();
});

test('a canceled export is neither reported nor saved', async () => {
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

test('a line has a cell for each column, in the order of the header', () => {
  expect(CSV_HEADER).toMatch(/^\uFEFFuser_id,email,.*,blocked,identities\r\n$/);
  const identities = [{ connection: 'x;-1', provider: 'github', user_id: 7, isSocial: true }];
  const line = toCsv({ user_id: 'a|1', email_verified: false, phone_number: '+15551234567', logins_count: 0, blocked: true, identities });
  const cell = `"[{""connection"":""x;'-1"",""provider"":""github"",""user_id"":7,""isSocial"":true}]"`;
  expect(line).toBe(`a|1,,false,,+15551234567,,,,,,,,,,,0,true,${cell}\r\n`);
  expect(line.split(',"')[0]!.split(',')).toHaveLength(CSV_HEADER.split(',').length - 1);
});

test.each(cells)('$text becomes the same cell as in the API', ({ text, cell }) => {
  const columns = CSV_HEADER.split(',');
  const before = columns.indexOf('name');
  const after = columns.length - before - 1;
  expect(toCsv({ user_id: 'a|1', name: text })).toBe(`a|1${','.repeat(before)}${cell}${','.repeat(after)}\r\n`);
});
