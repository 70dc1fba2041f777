import { computed, onScopeDispose, reactive, ref, shallowReactive, shallowRef } from 'vue';
import type { Api, ExecutionLine, LeftOutUser, PlanAction, SealedPlan, User } from '../api/client';
import { ApiError, type Problem, type Slug, toProblem } from '../api/problems';
import { csvHeader, csvLine } from '../ui/csv';
import { saveFile } from '../ui/saveFile';
import { rememberDeleted } from '../users/deleted';
import { compact } from './handover';
import { outcomeText } from './outcomes';
import { refusalToExecute } from './refusal';

export type Step = 'form' | 'planning' | 'review' | 'running' | 'paused' | 'done';

interface Batch {
  ticket: string;
  users: User[];
}

/** The API refuses the whole plan, now and later. */
const REFUSALS: Slug[] = [
  'plan-expired',
  'another-actor',
  'insufficient-permission',
  'organization-token',
  'invalid-request',
];

/** In milliseconds. After such a silence, the API waits for Auth0's rate limit. */
const SILENCE = 10_000;

/** A call ended by itself, and nobody was changed. */
const NOTHING_DONE: Problem = {
  slug: 'tenant-rate-limited',
  title: 'Nobody had their turn',
  detail: "The API has waited for Auth0's rate limit. Others may be using it up.",
  retryAfter: 30,
};

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
  /** How often each user has failed. */
  const failures = new Map<string, number>();
  /** Lines of the report about users of earlier plans. */
  const earlier: string[] = [];
  /** The tickets of calls that have not come to their end. */
  const interrupted = new Set<string>();
  const hasBegun = ref(false);
  /** When the run was started or resumed, and how many users were done by then. */
  const start = shallowRef({ at: 0, done: 0 });
  const isSilent = ref(false);
  let silence: ReturnType<typeof setTimeout> | undefined;
  let request: AbortController | undefined;

  const users = computed(() => batches.value.flatMap((batch) => batch.users));
  const remaining = computed(() => users.value.length - lines.size);
  const failed = computed(() => users.value.filter((user) => lines.get(user.user_id)?.outcome === 'failed'));
  const isConfirmed = computed(() => typed.value.replace(/[\s,.’']/g, '') === `${plan.value?.total}`);
  const canRun = computed(() => isConfirmed.value && (!plan.value?.needs_approval || compact(approval.value) !== ''));
  /** Whether the approval is missing or wrong, which can be corrected. */
  const isUnapproved = computed(() => problem.value?.slug === 'approval-required' || problem.value?.errors?.approval !== undefined);
  /** Whether the API refuses what is left of the plan, so that only a new one helps. */
  const isRefused = computed(() => problem.value !== undefined && REFUSALS.includes(problem.value.slug) && !isUnapproved.value);
  const counts = computed(() => {
    const counts = new Map<string, number>();
    for (const { outcome } of lines.values()) counts.set(outcome!, (counts.get(outcome!) ?? 0) + 1);
    return counts;
  });

  /** What would be lost if the page were left now; empty if nothing. */
  const held = computed(() => {
    if (step.value === 'running') return 'The clean-up is running. Pause it and stop it before you leave.';
    if (step.value === 'paused') return 'The clean-up is not finished. Choose “Stop here” before you leave.';
    const isWaiting = step.value === 'review' && plan.value!.needs_approval && plan.value!.total > 0 && !isRefused.value;
    return isWaiting ? 'The plan waits for its approval and would be lost. Choose “Discard” before you leave.' : '';
  });

  async function makePlan(): Promise<void> {
    // If planning fails, the outcomes so far stay in view.
    await work('planning', lines.size > 0 ? 'done' : 'form', async (signal) => {
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
      earlier.push(...users.value.filter((user) => lines.has(user.user_id)).map(reportLine));
      batches.value = made;
      leftOut.value = out;
      // Users who have been unticked stay unticked.
      const planned = new Set(users.value.map((user) => user.user_id));
      for (const id of excepted) if (!planned.has(id)) excepted.delete(id);
      lines.clear();
      failures.clear();
      interrupted.clear();
      hasBegun.value = false;
      typed.value = approval.value = '';
      step.value = 'review';
    });
  }

  /** Starts or continues. Users who have failed once get another try. */
  async function run(): Promise<void> {
    if (!canRun.value) return;
    for (const { user_id } of failed.value) if (failures.get(user_id) === 1) lines.delete(user_id);
    start.value = { at: Date.now(), done: lines.size };
    await work('running', stepAfterFailure, async (signal) => {
      for (const batch of batches.value) {
        while (batch.users.some((user) => !lines.has(user.user_id))) await runBatch(batch, signal);
      }
      step.value = 'done';
    });
  }

  function stepAfterFailure(): Step {
    // The setting has been turned on since the plan was made.
    const needsApproval = problem.value!.slug === 'approval-required';
    if (needsApproval) plan.value = { ...plan.value!, needs_approval: true };
    if (!hasBegun.value || needsApproval) return 'review';
    return isRefused.value ? 'done' : 'paused';
  }

  async function retryFailed(): Promise<void> {
    if (!canRun.value) return;
    for (const { user_id } of failed.value) lines.delete(user_id);
    await run();
  }

  async function runBatch(batch: Batch, signal: AbortSignal): Promise<void> {
    const { ticket } = batch;
    // Nobody is acted on twice, and those who fail again and again do not keep the others from their turn.
    const except = batch.users.map((user) => user.user_id).filter((id) => excepted.has(id) || lines.has(id));
    const { seal, total: confirm } = plan.value!;
    const parameters = { ticket, seal, confirm, except, signal };
    const isResumed = interrupted.has(ticket);
    interrupted.add(ticket);
    let failure: Problem | undefined;
    let hasProgress = false;
    try {
      for await (const line of api.executePlan(plan.value!.needs_approval ? { ...parameters, approval: compact(approval.value) } : parameters)) {
        hasBegun.value = true;
        listen();
        const { user_id: id, outcome } = line;
        if (!id || lines.has(id)) continue;
        const isOurs = outcome === 'gone' && (isResumed || failures.has(id)) && plan.value!.action === 'delete';
        lines.set(id, isOurs ? { ...line, detail: 'Perhaps deleted by this clean-up, just before it was interrupted' } : line);
        if (outcome === 'failed') failures.set(id, (failures.get(id) ?? 0) + 1);
        if (outcome === 'failed' && failures.get(id) === 1) failure = toProblem(line.problem ?? {});
        // A user who fails again is left out from now on, which is progress too.
        else if (outcome !== 'excepted') hasProgress = true;
      }
      interrupted.delete(ticket);
    } finally {
      // The search index may still list them.
      rememberDeleted(...batch.users.map((user) => user.user_id).filter((id) => ['deleted', 'gone'].includes(lines.get(id)?.outcome ?? '')));
    }
    if (!hasProgress && batch.users.some((user) => !lines.has(user.user_id))) throw new ApiError(failure ?? NOTHING_DONE);
  }

  /** Does something that can be stopped. If it fails, the step is `otherwise`, with the problem. */
  async function work(during: Step, otherwise: Step | (() => Step), task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    request?.abort();
    const { signal } = (request = new AbortController());
    step.value = during;
    problem.value = undefined;
    listen();
    try {
      await task(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      problem.value = refusalToExecute(error.problem);
      step.value = typeof otherwise === 'function' ? otherwise() : otherwise;
    }
  }

  /** Notices a silence. */
  function listen(): void {
    clearTimeout(silence);
    isSilent.value = false;
    silence = setTimeout(() => (isSilent.value = true), SILENCE);
  }

  /** Stops. The API finishes the users that it has started with, and starts no others. */
  function stop(next: Step): void {
    request?.abort();
    problem.value = undefined;
    step.value = next;
  }

  function toggle(id: string): void {
    if (!excepted.delete(id)) excepted.add(id);
  }

  function reportLine(user: User): string {
    const line = lines.get(user.user_id);
    return csvLine([user.user_id, user.name, user.email, line?.outcome ?? 'not begun', line ? outcomeText(line) : '']);
  }

  function saveReport(): void {
    const rows = [...earlier, ...users.value.map(reportLine)];
    const header = csvHeader(['user_id', 'name', 'email', 'outcome', 'detail']);
    save(new Blob([header, ...rows], { type: 'text/csv' }), `clean-up-${new Date().toISOString().slice(0, 10)}.csv`);
  }

  onScopeDispose(() => {
    request?.abort();
    clearTimeout(silence);
  });
  return {
    step,
    action,
    reason,
    approval,
    typed,
    plan,
    users,
    leftOut,
    found,
    problem,
    excepted,
    lines,
    failed,
    counts,
    remaining,
    start,
    isSilent,
    isConfirmed,
    canRun,
    isUnapproved,
    isRefused,
    held,
    makePlan,
    run,
    retryFailed,
    pause: () => stop('paused'),
    back: () => stop('form'),
    finish: () => stop('done'),
    toggle,
    saveReport,
  };
}

export type CleanUp = ReturnType<typeof useCleanUp>;
