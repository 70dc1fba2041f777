import type { Problem, Slug } from '../api/problems';

type Words = Partial<Record<Slug, [title: string, detail?: string]>>;

const TO_APPROVER: Words = {
  'invalid-request': [
    'This is not the link to a plan',
    'The link is not complete, or was changed on the way, or belongs to another tenant. Copy all of it and paste it here.',
  ],
  'plan-expired': [
    'This plan has expired',
    'It can no longer be approved, or it belongs to another tenant. Ask the administrator who sent it to you for a new one.',
  ],
  'approval-required': ['This is your own plan', 'Another administrator has to approve it. Send the link to them.'],
  'insufficient-permission': ['You may not approve this plan'],
};

const TO_PLANNER: Words = {
  'plan-expired': ['The preview has expired', 'The remaining users were not changed. Preview again to see who they are now.'],
  'approval-required': ['The plan is not approved', 'Send the link to a second administrator, and paste their approval here.'],
};

const WRONG_APPROVAL: Words = {
  'invalid-request': [
    'This is not the approval of this plan',
    'It is not complete, or was changed on the way, or belongs to another plan. Copy all of it and paste it here.',
  ],
};

/** The refusal of an approval, in words for the administrator who was asked for it. Another problem is returned as it is. */
export function refusalToApprove(problem: Problem): Problem {
  return say(problem, TO_APPROVER);
}

/** The refusal of a plan or of its approval, in words for the administrator who made the plan. */
export function refusalToExecute(problem: Problem): Problem {
  return say(problem, problem.errors?.approval ? WRONG_APPROVAL : TO_PLANNER);
}

function say(problem: Problem, words: Words): Problem {
  const [title, detail = problem.detail] = words[problem.slug] ?? [];
  return title ? { ...problem, title, detail } : problem;
}
