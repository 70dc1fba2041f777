import { onScopeDispose, ref, shallowRef } from 'vue';
import type { ApprovedPlan, Api } from '../api/client';
import { ApiError, type Problem } from '../api/problems';
import { displayName } from '../ui/names';
import { sealIn } from './handover';
import { refusalToApprove } from './refusal';

/** Another administrator's plan, and its approval. The seal is in the URL, so that a reload shows the same plan. */
export function useApproval(api: Api) {
  const plan = shallowRef<ApprovedPlan>();
  /** The name of the administrator who made the plan, or their ID. */
  const planner = ref('');
  const approval = ref('');
  const problem = shallowRef<Problem>();
  /** Whether the API refuses to approve this plan, now and later. */
  const isRefused = ref(false);
  const busy = ref(false);
  let request: AbortController | undefined;

  /** Looks at the plan of the seal in the URL. */
  async function look(): Promise<void> {
    const seal = sealIn(location.hash);
    plan.value = undefined;
    approval.value = '';
    await work(async (signal) => {
      if (seal === '') return;
      const seen = await api.previewPlan(seal, signal);
      planner.value = await nameOf(seen.actor, signal);
      plan.value = seen;
    });
  }

  /** Looks at the plan of a link or a seal that was pasted. */
  function paste(text: string): Promise<void> {
    history.replaceState(history.state, '', `#${sealIn(text)}`);
    return look();
  }

  async function approve(): Promise<void> {
    if (busy.value) return;
    await work(async (signal) => {
      const approved = await api.approvePlan(sealIn(location.hash), signal);
      approval.value = approved.approval;
    });
  }

  async function nameOf(id: string, signal: AbortSignal): Promise<string> {
    try {
      return displayName(await api.getUser(id, signal));
    } catch (error) {
      if (error instanceof ApiError) return id;
      throw error;
    }
  }

  async function work(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    request?.abort();
    const { signal } = (request = new AbortController());
    busy.value = true;
    problem.value = undefined;
    try {
      await task(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      problem.value = refusalToApprove(error.problem);
      // A plan that cannot be approved any more is not shown as if it could.
      isRefused.value = problem.value !== error.problem;
      if (isRefused.value) plan.value = undefined;
    }
    busy.value = false;
  }

  addEventListener('hashchange', look);
  onScopeDispose(() => {
    removeEventListener('hashchange', look);
    request?.abort();
  });
  return { plan, planner, approval, problem, isRefused, busy, look, paste, approve };
}
