import { afterEach, beforeEach, expect, test } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import type { Api, ApprovedPlan } from '../src/api/client';
import { ApiError, type Slug } from '../src/api/problems';
import { approvalLink, sealIn } from '../src/cleanup/handover';
import { useApproval } from '../src/cleanup/useApproval';

const PLAN: ApprovedPlan = {
  id: 'p', action: 'delete', total: 3, reason: 'unused', actor: 'auth0|ada', expires_at: '2026-01-01T00:00:00.000Z', q: 'blocked:true',
};

let scope: EffectScope;
beforeEach(() => {
  scope = effectScope();
  history.replaceState(null, '', '/?approve');
});
afterEach(() => scope.stop());

function start(fails: { preview?: Slug; approve?: Slug; user?: Slug } = {}) {
  const seen: string[] = [];
  const approved: string[] = [];
  const refuse = (slug: Slug | undefined) => {
    if (slug) throw new ApiError({ slug, title: '', detail: '' });
  };
  const api: Partial<Api> = {
    async previewPlan(seal) {
      seen.push(seal);
      refuse(fails.preview);
      return PLAN;
    },
    async approvePlan(seal) {
      approved.push(seal);
      refuse(fails.approve);
      return { approval: 'eyA' };
    },
    async getUser(user_id) {
      refuse(fails.user);
      return { user_id, name: 'Ada Admin' };
    },
  };
  return { approving: scope.run(() => useApproval(api as Api))!, seen, approved };
}

test('a link shows the plan and who made it, and approves nothing', async () => {
  history.replaceState(null, '', '/?approve#seal');
  const { approving, seen, approved } = start();
  await approving.look();
  expect(approving.plan.value).toEqual(PLAN);
  expect(approving.planner.value).toBe('Ada Admin');
  expect([seen, approved]).toEqual([['seal'], []]);
});

test('the approval is of the plan that is shown', async () => {
  history.replaceState(null, '', '/?approve#seal');
  const { approving, approved } = start({ user: 'no-such-user' });
  await approving.look();
  expect(approving.planner.value).toBe('auth0|ada');
  await approving.approve();
  expect(approving.approval.value).toBe('eyA');
  expect(approved).toEqual(['seal']);
});

test('without a seal, nothing is asked of the API', async () => {
  const { approving, seen } = start();
  await approving.look();
  expect(seen).toEqual([]);
  expect(approving.problem.value).toBeUndefined();
});

test('a pasted link is in the URL too, so that a reload shows the same plan', async () => {
  const { approving, seen } = start();
  await approving.paste('https://admin.example.com/?approve#se\n al ');
  expect(seen).toEqual(['seal']);
  expect(location.search + location.hash).toBe('?approve#seal');
});

test('a refused plan is not shown any longer, and another one is', async () => {
  history.replaceState(null, '', '/?approve#seal');
  const { approving } = start({ approve: 'plan-expired' });
  await approving.look();
  await approving.approve();
  expect(approving.plan.value).toBeUndefined();
  expect(approving.problem.value!.title).toBe('This plan has expired');
});

test('after a failure that may pass, the plan stays', async () => {
  history.replaceState(null, '', '/?approve#seal');
  const { approving } = start({ approve: 'unreachable' });
  await approving.look();
  await approving.approve();
  expect(approving.plan.value).toEqual(PLAN);
  expect(approving.busy.value).toBe(false);
});

test('a link has the seal where browsers send it to no server', () => {
  const link = new URL(approvalLink('a.b.c'));
  expect(link.hash).toBe('#a.b.c');
  expect(link.search).toBe('?approve');
  expect(sealIn(link.href)).toBe('a.b.c');
  expect(sealIn(' a.b\n.c ')).toBe('a.b.c');
});
