import { computed, onScopeDispose, reactive, ref, shallowReactive, shallowRef } from 'vue';
import type { Api, ExecutionLine, LeftOutUser, PlanAction, SealedPlan, User } from '../api/client';
import { ApiError, type Problem, toProblem } from '../api/problems';
import { csvHeader, csvLine } from '../ui/csv';
import { saveFile } from '../ui/saveFile';
import { outcomeText } from './outcomes';

export type Step = 'form' | 'planning' | 'review' | 'running' | 'paused' | 'done';

interface Batch {
  ticket: string;
  users: User[];
}

/** Many users are blocked or deleted: the plan, its confirmation, and its execution batch by batch. Nothing is kept anywhere else. */
export function useCleanUp(api: Api, q: string, save = saveFile) {
  const step = ref<Step>('form');
  const action = ref<PlanAction>('block');
  const reason = ref('');
  const approval = ref('');
  const typed = ref('');
  const plan = shallowRef<SealedPlan>();
  const batches = shallowRef<Batch[]>([]);
  const leftOut = shallowRef<LeftOutUser[]>([]);
  const found = ref(0);
  const problem = shallowRef<Problem>();
  /** The users whom the administrator has unticked. */
  const excepted = reactive(new Set<string>());
  const lines = shallowReactive(new Map<string, ExecutionLine>());
  const startedAt = ref(0);
  let request: AbortController | undefined;

  const users = computed(() => batches.value.flatMap((batch) => batch.users));
  const remaining = computed(() => users.value.length - lines.size);
  const isConfirmed = computed(() => typed.value.replace(/[\s,.’']/g, '') === `${plan.value?.total}`);
  const canRun = computed(() => isConfirmed.value && (!plan.value?.needs_approval || approval.value.trim() !== ''));
  const counts = computed(() => {
    const counts = new Map<string, number>();
    for (const { outcome } of lines.values()) counts.set(outcome!, (counts.get(outcome!) ?? 0) + 1);
    return counts;
  });

  async function makePlan(): Promise<void> {
    await work('planning', 'form', async (signal) => {
      const made: Batch[] = [];
      const out: LeftOutUser[] = [];
      found.value = 0;
      for await (const line of api.planDeletions({ q, action: action.value, reason: reason.value.trim(), signal })) {
        if (line.batch) {
          made.push({ ticket: line.batch.ticket, users: line.batch.users as User[] });
          found.value += line.batch.users.length;
        }
        if (line.left_out) out.push(line.left_out);
        if (line.plan) plan.value = line.plan;
      }
      batches.value = made;
      leftOut.value = out;
      excepted.clear();
      lines.clear();
      typed.value = '';
      step.value = 'review';
    });
  }

  async function run(): Promise<void> {
    if (!canRun.value) return;
    startedAt.value ||= Date.now();
    await work('running', 'paused', async (signal) => {
      for (const batch of batches.value) {
        while (batch.users.some((user) => !lines.has(user.user_id))) await runBatch(batch, signal);
      }
      step.value = 'done';
    });
  }

  async function runBatch(batch: Batch, signal: AbortSignal): Promise<void> {
    // Who has failed is not tried again, so that a few do not keep the others from their turn.
    const isDone = (id: string) => excepted.has(id) || lines.get(id)?.outcome === 'failed';
    const except = batch.users.map((user) => user.user_id).filter(isDone);
    const { seal, total: confirm } = plan.value!;
    const parameters = { ticket: batch.ticket, seal, confirm, except, signal };
    let failure: Problem | undefined;
    let hasProgress = false;
    for await (const line of api.executePlan(approval.value ? { ...parameters, approval: approval.value.trim() } : parameters)) {
      // What is gone at a second call was done by the first.
      if (!line.user_id || lines.has(line.user_id)) continue;
      lines.set(line.user_id, line);
      if (line.problem) failure = toProblem(line.problem);
      else hasProgress = true;
    }
    if (!hasProgress && batch.users.some((user) => !lines.has(user.user_id))) {
      throw new ApiError(failure ?? { slug: 'unexpected', title: 'Nothing was done', detail: 'Try again.' });
    }
  }

  /** Does something that can be stopped. If it fails, the step is `otherwise`, with the problem. */
  async function work(during: Step, otherwise: Step, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    request?.abort();
    const { signal } = (request = new AbortController());
    step.value = during;
    problem.value = undefined;
    try {
      await task(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
      step.value = otherwise;
    }
  }

  /** Stops. The API finishes the users who have been begun, and begins no other. */
  function pause(): void {
    request?.abort();
    step.value = 'paused';
  }

  function back(): void {
    request?.abort();
    problem.value = undefined;
    step.value = 'form';
  }

  function finish(): void {
    request?.abort();
    step.value = 'done';
  }

  function toggle(id: string): void {
    if (!excepted.delete(id)) excepted.add(id);
  }

  function saveReport(): void {
    const rows = users.value.map((user) => {
      const line = lines.get(user.user_id);
      return csvLine([user.user_id, user.name, user.email, line?.outcome ?? 'not begun', line ? outcomeText(line) : '']);
    });
    const header = csvHeader(['user_id', 'name', 'email', 'outcome', 'detail']);
    save(new Blob([header, ...rows], { type: 'text/csv' }), `clean-up-${new Date().toISOString().slice(0, 10)}.csv`);
  }

  onScopeDispose(() => request?.abort());
  return {
    step, action, reason, approval, typed, plan, users, leftOut, found, problem, excepted, lines, counts, remaining, startedAt,
    isConfirmed, canRun, makePlan, run, pause, back, finish, toggle, saveReport,
  };
}

export type CleanUp = ReturnType<typeof useCleanUp>;
