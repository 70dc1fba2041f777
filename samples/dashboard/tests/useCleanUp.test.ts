import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import type { Api, ExecutionLine, ExecutionParameters, PlanLine, PlanParameters, SealedPlan } from '../src/api/client';
import { ApiError } from '../src/api/problems';
import { outcomeText } from '../src/cleanup/outcomes';
import { useCleanUp } from '../src/cleanup/useCleanUp';
import { isDeleted } from '../src/users/deleted';

let scope: EffectScope;
beforeEach(() => void (scope = effectScope()));
afterEach(() => scope.stop());

const PLAN: SealedPlan = {
  id: 'p', action: 'block', total: 3, batches: 2, digest: 'd', expires_at: '2026-01-01T00:00:00.000Z',
  left_out: { self: 1, protected: 0, blocked: 0 }, warnings: [], needs_approval: false, seal: 'seal',
};

const LINES: PlanLine[] = [
  { batch: { number: 1, users: [{ user_id: 'a|1' }, { user_id: 'a|2' }], ticket: 't1' } },
  { left_out: { user_id: 'a|me', reason: 'self' } },
  { batch: { number: 2, users: [{ user_id: 'a|3' }], ticket: 't2' } },
  { plan: PLAN },
];

const UNAVAILABLE = { type: 'urn:admin-functions:problem:tenant-unavailable', title: 'Auth0 is not available', status: 502, traceId: 't' };

function start(execute: (parameters: ExecutionParameters) => AsyncGenerator<ExecutionLine, void, undefined>, plan = LINES) {
  const planned: PlanParameters[] = [];
  const executed: ExecutionParameters[] = [];
  const save = vi.fn((_: Blob, __: string) => {});
  const api: Partial<Api> = {
    async *planDeletions(parameters) {
      planned.push(parameters);
      yield* plan;
    },
    executePlan(parameters) {
      executed.push(parameters);
      return execute(parameters);
    },
  };
  return { cleanUp: scope.run(() => useCleanUp(api as Api, 'blocked:true', save))!, planned, executed, save };
}

async function* blockAll({ ticket, except }: ExecutionParameters): AsyncGenerator<ExecutionLine, void, undefined> {
  for (const user_id of ticket === 't1' ? ['a|1', 'a|2'] : ['a|3']) {
    yield { user_id, outcome: except.includes(user_id) ? 'excepted' : 'blocked' };
  }
  yield { end: { remaining: 0, outcomes: {} } };
}

test('a preview has everyone in the plan and who is left out, and nothing is executed', async () => {
  const { cleanUp, planned, executed } = start(blockAll);
  cleanUp.reason.value = ' unused ';
  await cleanUp.makePlan();
  expect(cleanUp.step.value).toBe('review');
  expect(cleanUp.users.value.map((user) => user.user_id)).toEqual(['a|1', 'a|2', 'a|3']);
  expect(cleanUp.leftOut.value).toEqual([{ user_id: 'a|me', reason: 'self' }]);
  expect(planned[0]).toMatchObject({ q: 'blocked:true', action: 'block', reason: 'unused' });
  expect(executed).toEqual([]);
});

test('nothing is executed before the number is typed', async () => {
  const { cleanUp, executed } = start(blockAll);
  await cleanUp.makePlan();
  cleanUp.typed.value = '2';
  await cleanUp.run();
  expect(executed).toEqual([]);
  cleanUp.typed.value = ' 3 ';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('done');
  expect(executed.map(({ ticket, seal, confirm }) => [ticket, seal, confirm])).toEqual([['t1', 'seal', 3], ['t2', 'seal', 3]]);
});

test('unticked users are excepted, and the summary has every user with the outcome', async () => {
  const { cleanUp, executed, save } = start(blockAll);
  await cleanUp.makePlan();
  cleanUp.toggle('a|2');
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(executed.map(({ except }) => except)).toEqual([['a|2'], []]);
  cleanUp.saveReport();
  const rows = (await save.mock.calls[0]![0].text()).trimEnd().split('\r\n');
  expect(rows.slice(1)).toEqual(['a|1,,,blocked,', 'a|2,,,excepted,', 'a|3,,,blocked,']);
});

test('a batch that ends itself goes on with the same ticket', async () => {
  let calls = 0;
  const { cleanUp, executed } = start(async function* (parameters) {
    if (parameters.ticket === 't1' && calls++ === 0) {
      yield { user_id: 'a|1', outcome: 'deleted' };
      yield { end: { remaining: 1, outcomes: {} } };
      return;
    }
    if (parameters.ticket === 't1') yield { user_id: 'a|1', outcome: 'gone' };
    yield* blockAll(parameters);
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(executed.map(({ ticket }) => ticket)).toEqual(['t1', 't1', 't2']);
  expect(cleanUp.lines.get('a|1')!.outcome).toBe('deleted');
});

test('a failure pauses, and resuming goes on with who is left', async () => {
  let isBroken = true;
  const { cleanUp, executed } = start(async function* (parameters) {
    yield { user_id: parameters.ticket === 't1' ? 'a|1' : 'a|3', outcome: 'blocked' };
    if (isBroken) throw new ApiError({ slug: 'unreachable', title: '', detail: '' });
    yield* blockAll(parameters);
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('paused');
  expect(cleanUp.problem.value!.slug).toBe('unreachable');
  expect(cleanUp.remaining.value).toBe(2);
  isBroken = false;
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('done');
  expect(executed.map(({ ticket }) => ticket)).toEqual(['t1', 't1', 't2']);
});

test('a plan that breaks off is a problem and leads to no preview', async () => {
  const { cleanUp } = start(blockAll);
  const broken = scope.run(() =>
    useCleanUp({
      async *planDeletions() {
        yield LINES[0]!;
        throw new ApiError({ slug: 'plan-too-large', title: '', detail: '' });
      },
    } as Partial<Api> as Api, ''))!;
  await broken.makePlan();
  expect(broken.step.value).toBe('form');
  expect(broken.problem.value!.slug).toBe('plan-too-large');
  expect(cleanUp.step.value).toBe('form');
});

test('a call that ends before anybody had their turn is repeated after a wait', async () => {
  const { cleanUp, executed } = start(async function* () {
    yield { end: { remaining: 2, outcomes: {} } };
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(executed).toHaveLength(1);
  expect(cleanUp.step.value).toBe('paused');
  expect(cleanUp.problem.value!.retryAfter).toBe(30);
});

/** A plan of 12 users, and an API that, like the real one, ends a call after five failures in a row. */
function startTwelve(fails: (id: string) => boolean) {
  const ids = Array.from({ length: 12 }, (_, i) => `a|${i + 1}`);
  const plan = [{ batch: { number: 1, users: ids.map((user_id) => ({ user_id })), ticket: 't' } }, { plan: { ...PLAN, total: 12 } }];
  return start(async function* ({ except }) {
    let failures = 0;
    let done = 0;
    for (const user_id of ids) {
      if (failures === 5) break;
      done++;
      const outcome = except.includes(user_id) ? 'excepted' : fails(user_id) ? 'failed' : 'blocked';
      failures = outcome === 'failed' ? failures + 1 : 0;
      yield { user_id, outcome, ...(outcome === 'failed' && { problem: { ...UNAVAILABLE, detail: `No answer about ${user_id}` } }) };
    }
    yield { end: { remaining: 12 - done, outcomes: {} } };
  }, plan);
}

test('users who always fail do not keep the others from their turn, and are failed in the summary with their problem', async () => {
  const { cleanUp, executed, save } = startTwelve((id) => Number(id.slice(2)) <= 6);
  await cleanUp.makePlan();
  cleanUp.typed.value = '12';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('paused');
  expect(cleanUp.problem.value!.slug).toBe('tenant-unavailable');

  await cleanUp.run();
  expect(cleanUp.step.value).toBe('done');
  // They had another try, and were left out after it.
  expect(executed.map(({ except }) => except.length)).toEqual([0, 0, 5]);
  expect(Object.fromEntries(cleanUp.counts.value)).toEqual({ failed: 6, blocked: 6 });
  cleanUp.saveReport();
  const rows = (await save.mock.calls[0]![0].text()).split('\r\n');
  expect(rows[1]).toBe('a|1,,,failed,No answer about a|1');
});

test('those who have failed can be tried again, and nobody else is acted on', async () => {
  let isBroken = true;
  const { cleanUp, executed } = startTwelve((id) => isBroken && ['a|2', 'a|7'].includes(id));
  await cleanUp.makePlan();
  cleanUp.typed.value = '12';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('done');
  expect(cleanUp.failed.value.map((user) => user.user_id)).toEqual(['a|2', 'a|7']);

  isBroken = false;
  await cleanUp.retryFailed();
  expect(cleanUp.step.value).toBe('done');
  expect(cleanUp.failed.value).toEqual([]);
  expect(executed).toHaveLength(2);
  expect(executed[1]!.except).toHaveLength(10);
  expect(executed[1]!.except).not.toEqual(expect.arrayContaining(['a|2']));
});

test('a try that fails again ends, however many failed', async () => {
  const { cleanUp, executed } = startTwelve(() => true);
  await cleanUp.makePlan();
  cleanUp.typed.value = '12';
  for (let resumes = 0; resumes < 10 && cleanUp.step.value !== 'done'; resumes++) await cleanUp.run();
  expect(cleanUp.failed.value).toHaveLength(12);
  executed.length = 0;
  await cleanUp.retryFailed();
  expect(cleanUp.step.value).toBe('done');
  expect(executed.map(({ except }) => except.length)).toEqual([0, 5, 10]);
});

test('a plan that is refused before anything has happened can be corrected, and later it ends', async () => {
  let refuses = true;
  const { cleanUp } = start(async function* (parameters) {
    if (refuses || parameters.ticket === 't2') throw new ApiError({ slug: 'plan-expired', title: '', detail: '' });
    yield* blockAll(parameters);
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('review');
  expect(cleanUp.isRefused.value).toBe(true);
  refuses = false;
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('done');
  expect(cleanUp.isRefused.value).toBe(true);
  expect(cleanUp.remaining.value).toBe(1);
});

test('a user who is gone after an interruption may have been deleted just before it', async () => {
  let calls = 0;
  const { cleanUp } = start(async function* ({ ticket }) {
    if (calls++ === 0) throw new ApiError({ slug: 'unreachable', title: '', detail: '' });
    if (ticket === 't1') yield* [{ user_id: 'a|1', outcome: 'gone' }, { user_id: 'a|2', outcome: 'deleted' }] as ExecutionLine[];
    else yield { user_id: 'a|3', outcome: 'gone' };
    yield { end: { remaining: 0, outcomes: {} } };
  }, [...LINES.slice(0, 3), { plan: { ...PLAN, action: 'delete' } }]);
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  await cleanUp.run();
  expect(outcomeText(cleanUp.lines.get('a|1')!)).toMatch(/^Perhaps deleted by this clean-up/);
  expect(outcomeText(cleanUp.lines.get('a|3')!)).toBe('');
  // The list hides them, although Auth0's search may still find them.
  expect(['a|1', 'a|2', 'a|3'].filter((user_id) => isDeleted({ user_id }))).toEqual(['a|1', 'a|2', 'a|3']);
});

test('a user who was unticked is unticked in the next preview too', async () => {
  const { cleanUp } = start(blockAll);
  cleanUp.toggle('a|gone');
  await cleanUp.makePlan();
  cleanUp.toggle('a|2');
  await cleanUp.makePlan();
  expect([...cleanUp.excepted]).toEqual(['a|2']);
});

test('the page says what would be lost by leaving it', async () => {
  const { cleanUp } = start(async function* ({ signal }) {
    await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))));
  });
  expect(cleanUp.held.value).toBe('');
  await cleanUp.makePlan();
  expect(cleanUp.held.value).toBe('');
  cleanUp.typed.value = '3';
  void cleanUp.run();
  expect(cleanUp.held.value).toMatch(/is running/);
  cleanUp.pause();
  expect(cleanUp.held.value).toMatch(/not finished/);
  cleanUp.finish();
  expect(cleanUp.held.value).toBe('');
});

test('a silence is noticed, because the API may wait for a rate limit', async () => {
  vi.useFakeTimers();
  try {
    const { cleanUp } = start(async function* () {
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      yield* [{ user_id: 'a|1', outcome: 'blocked' }, { end: { remaining: 1, outcomes: {} } }] as ExecutionLine[];
    });
    await cleanUp.makePlan();
    cleanUp.typed.value = '3';
    void cleanUp.run();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(cleanUp.isSilent.value).toBe(true);
    await vi.advanceTimersByTimeAsync(4_500);
    expect(cleanUp.isSilent.value).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

test('a plan that needs an approval waits for it', async () => {
  const { cleanUp, executed } = start(blockAll, [...LINES.slice(0, 3), { plan: { ...PLAN, needs_approval: true } }]);
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(executed).toEqual([]);
  // An email has broken the line.
  cleanUp.approval.value = ' ey\nJ ';
  await cleanUp.run();
  expect(executed[0]!.approval).toBe('eyJ');
});

test('a plan that waits for its approval is not left by accident', async () => {
  const { cleanUp } = start(blockAll, [...LINES.slice(0, 3), { plan: { ...PLAN, needs_approval: true } }]);
  await cleanUp.makePlan();
  expect(cleanUp.held.value).toMatch(/waits for its approval/);
  cleanUp.back();
  expect(cleanUp.held.value).toBe('');
});

test('if a plan turns out to need an approval, it can be given', async () => {
  const { cleanUp, executed } = start(async function* (parameters) {
    if (!parameters.approval) throw new ApiError({ slug: 'approval-required', title: '', detail: '' });
    yield* blockAll(parameters);
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('review');
  expect(cleanUp.plan.value!.needs_approval).toBe(true);
  cleanUp.approval.value = 'eyJ';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('done');
  expect(executed.at(-1)!.approval).toBe('eyJ');
});

test('if an approval turns out to be needed in the middle, it can be given, and nobody is acted on twice', async () => {
  const { cleanUp, executed } = start(async function* (parameters) {
    if (parameters.ticket === 't2' && !parameters.approval) throw new ApiError({ slug: 'approval-required', title: '', detail: '' });
    yield* blockAll(parameters);
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('review');
  cleanUp.approval.value = 'eyJ';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('done');
  expect(executed.map(({ ticket, approval }) => [ticket, approval])).toEqual([['t1', undefined], ['t2', undefined], ['t2', 'eyJ']]);
});

test('the summary keeps the outcomes of the earlier plan when the rest is planned again', async () => {
  const { cleanUp, save } = start(async function* (parameters) {
    if (parameters.ticket === 't2') throw new ApiError({ slug: 'plan-expired', title: '', detail: '' });
    yield* blockAll(parameters);
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('done');
  await cleanUp.makePlan();
  cleanUp.saveReport();
  const rows = (await save.mock.calls[0]![0].text()).split('\r\n');
  expect(rows.filter((row) => row.startsWith('a|1,'))).toEqual(['a|1,,,blocked,', 'a|1,,,not begun,']);
});

test('if the rest cannot be planned again, the outcomes stay in view', async () => {
  let plans = 0;
  const { cleanUp } = start(async function* (parameters) {
    if (parameters.ticket === 't2') throw new ApiError({ slug: 'plan-expired', title: '', detail: '' });
    yield* blockAll(parameters);
  }, {
    *[Symbol.iterator]() {
      if (plans++ > 0) throw new ApiError({ slug: 'tenant-unavailable', title: '', detail: '' });
      yield* LINES;
    },
  } as unknown as PlanLine[]);
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  await cleanUp.makePlan();
  expect(cleanUp.step.value).toBe('done');
  expect(cleanUp.lines.get('a|1')?.outcome).toBe('blocked');
});

test('users who were deleted before the page was left are no longer listed', async () => {
  const { cleanUp } = start(async function* () {
    yield { user_id: 'a|1', outcome: 'deleted' };
    throw new ApiError({ slug: 'tenant-unavailable', title: '', detail: '' });
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(cleanUp.step.value).toBe('paused');
  expect(isDeleted({ user_id: 'a|1' })).toBe(true);
});
