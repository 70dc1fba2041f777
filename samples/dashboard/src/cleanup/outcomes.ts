import type { ExecutionLine } from '../api/client';
import { formatAgo } from '../ui/format';

const RESPECTS: Record<string, string> = {
  created_at: 'created again',
  last_login: 'has logged in',
  updated_at: 'was changed',
  profile: 'has another name, address or account',
};

export const OUTCOMES: Record<NonNullable<ExecutionLine['outcome']>, string> = {
  deleted: 'Deleted',
  blocked: 'Blocked',
  changed: 'Changed since the preview',
  active: 'Active',
  gone: 'Already gone',
  protected: 'Protected',
  self: 'Your own account',
  excepted: 'Unticked',
  failed: 'Failed',
};

/** What became of a user, in words. */
export function outcomeText(line: ExecutionLine): string {
  switch (line.outcome) {
    case 'changed':
      return `Left alone: ${(line.changed ?? []).map((respect) => RESPECTS[respect] ?? respect).join(', ')}`;
    case 'active':
      return `Left alone: last active ${line.last_active ? formatAgo(line.last_active) : 'recently'}`;
    case 'failed':
      return line.problem?.detail ?? 'It failed';
    case 'blocked':
      return line.detail ?? '';
    default:
      return '';
  }
}
