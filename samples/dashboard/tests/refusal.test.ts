import { expect, test } from 'vitest';
import type { Problem, Slug } from '../src/api/problems';
import { refusalToApprove, refusalToExecute } from '../src/cleanup/refusal';

const problem = (slug: Slug): Problem => ({ slug, title: 'Title of the API', detail: 'Detail of the API', traceId: 't' });

test.each<[Slug, RegExp]>([
  ['invalid-request', /not complete.*changed.*another tenant/],
  ['plan-expired', /can no longer be approved.*another tenant.*Ask the administrator/],
  ['approval-required', /Another administrator has to approve it/],
])('who is asked for an approval reads in plain words that it is refused with %s', (slug, words) => {
  const said = refusalToApprove(problem(slug));
  expect(said.detail).toMatch(words);
  expect(said.title).not.toContain('API');
  expect(said.traceId).toBe('t');
});

test('a missing permission is named as the API names it', () => {
  const said = refusalToApprove(problem('insufficient-permission'));
  expect(said).toMatchObject({ title: 'You may not approve this plan', detail: 'Detail of the API' });
});

test('other problems stay as they are', () => {
  const unreachable = problem('unreachable');
  expect(refusalToApprove(unreachable)).toBe(unreachable);
  expect(refusalToExecute(unreachable)).toBe(unreachable);
});

test('the planner reads what is wrong with the approval', () => {
  expect(refusalToExecute({ ...problem('invalid-request'), errors: { approval: [''] } }).detail).toMatch(/belongs to another plan/);
  expect(refusalToExecute(problem('invalid-request')).detail).toBe('Detail of the API');
  expect(refusalToExecute(problem('approval-required')).detail).toMatch(/Send the link to a second administrator/);
  expect(refusalToExecute(problem('plan-expired')).detail).toMatch(/Preview again/);
});
