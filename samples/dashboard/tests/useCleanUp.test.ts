import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import type { Api, ExecutionLine, ExecutionParameters, PlanLine, PlanParameters, SealedPlan } from '../src/api/client';
import { ApiError } from '../src/api/problems';
import { useCleanUp } from '../src/cleanup/useCleanUp';

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

test('a call that changes nothing pauses instead of repeating itself', async () => {
  const { cleanUp, executed } = start(async function* () {
    yield { end: { remaining: 2, outcomes: {} } };
  });
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(executed).toHaveLength(1);
  expect(cleanUp.step.value).toBe('paused');
});

test('a plan that needs an approval waits for it', async () => {
  const { cleanUp, executed } = start(blockAll, [...LINES.slice(0, 3), { plan: { ...PLAN, needs_approval: true } }]);
  await cleanUp.makePlan();
  cleanUp.typed.value = '3';
  await cleanUp.run();
  expect(executed).toEqual([]);
  cleanUp.approval.value = ' eyJ ';
  await cleanUp.run();
  expect(executed[0]!.approval).toBe('eyJ');
});
