import type { ExecutionLine } from '../api/client';
import { formatAgo } from '../ui/format';

export type Outcome = NonNullable<ExecutionLine['outcome']>;

const RESPECTS: Record<string, string> = {
  created_at: 'created again',
  last_login: 'has logged in',
  updated_at: 'was changed',
  profile: 'has another name, address or account',
};

export const OUTCOMES: Record<Outcome, string> = {
  deleted: 'Deleted',
  blocked: 'Blocked',
  changed: 'Changed since the preview',
  active: 'Active',
  gone: 'No longer there',
  protected: 'Protected',
  self: 'Your own account',
  excepted: 'Unticked',
  failed: 'Failed',
};

/** What became of a user, in words; empty if the outcome says it all. */
export function outcomeText(line: ExecutionLine): string {
  switch (line.outcome) {
    case 'changed':
      return `Left alone: ${(line.changed ?? []).map((respect) => RESPECTS[respect] ?? respect).join(', ')}`;
    case 'active':
      return `Left alone: has used a session or a token ${line.last_active ? formatAgo(line.last_active) : 'recently'}`;
    case 'failed':
      return line.problem?.detail ?? '';
    default:
      return line.detail ?? '';
  }
}
