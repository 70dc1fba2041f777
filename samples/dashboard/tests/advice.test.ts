import { expect, test } from 'vitest';
import type { Problem } from '../src/api/problems';
import { explain } from '../src/ui/advice';

const problem = (members: Partial<Problem>): Problem => ({ slug: 'unexpected', title: '', detail: 'Detail.', ...members });

test('a problem is told with what to do about it', () => {
  expect(explain(problem({}))).toEqual(['Detail.']);
  expect(explain(problem({ slug: 'misconfigured' }))).toEqual(['Detail.', 'Contact the administrator of this API.']);
});

test('someone without a permission is told whom to ask, and not to assign it', () => {
  const [first, second] = explain(problem({ slug: 'insufficient-permission', detail: 'Assign the user a role.' }), 'nora@example.com');
  expect(first).toMatch(/^You are signed in as nora@example\.com\. Ask an administrator/);
  expect(second).toBe('For the administrator: Assign the user a role.');
});

test('seconds stay on the line of their number', () => {
  expect(explain(problem({ detail: 'Try again in 20 s.' }))).toEqual(['Try again in 20\u00A0s.']);
});
