// Problems: the failures that the API reports (RFC 9457), and those that the page detects itself.

const API_SLUGS = [
  'invalid-request',
  'missing-token',
  'invalid-token',
  'insufficient-permission',
  'organization-token',
  'no-such-user',
  'self-deletion',
  'own-account',
  'protected-user',
  'no-password',
  'no-email',
  'no-verification',
  'connection-required',
  'plan-expired',
  'another-actor',
  'approval-required',
  'plan-too-large',
  'not-in-plan',
  'tenant-refused',
  'tenant-unavailable',
  'outcome-unknown',
  'tenant-rate-limited',
  'too-many-exports',
  'vault-unavailable',
  'misconfigured',
  'tenant-timeout',
  'unexpected',
] as const;

/** The kinds of problems: those that the API reports, and those that the page detects itself. */
export type Slug =
  | (typeof API_SLUGS)[number]
  | 'session-ended'
  | 'sign-in-unavailable'
  | 'offline'
  | 'unreachable'
  | 'unreadable'
  | 'not-found'
  | 'incomplete-export';

/** A failure to show: problem details of the API (RFC 9457), or the page's own in the same form. */
export interface Problem {
  slug: Slug;
  title: string;
  detail: string;
  status?: number;
  traceId?: string;
  /** The errors of each parameter. */
  errors?: Record<string, string[]>;
  /** Seconds to wait before a retry. */
  retryAfter?: number;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
  }
}

export async function readProblem(response: Response): Promise<Problem> {
  const body = await readJson(response);
  const problem = isObject(body) && typeof body.title === 'string' ? toProblem(body) : problemOfStatus(response.status);
  // A browser hides the header of a cross-origin response unless the API exposes it, so the body has the value too.
  problem.retryAfter ??= seconds(response.headers.get('Retry-After'));
  if (problem.slug === 'tenant-rate-limited') problem.retryAfter ??= 10;
  return problem;
}

export function toProblem(body: Record<string, unknown>): Problem {
  const slug = text(body.type)?.split(':').at(-1);
  return {
    slug: API_SLUGS.find((known) => known === slug) ?? 'unexpected',
    title: text(body.title) ?? 'Something went wrong',
    detail: text(body.detail) ?? '',
    status: typeof body.status === 'number' ? body.status : undefined,
    traceId: text(body.traceId),
    errors: isObject(body.errors) ? (body.errors as Record<string, string[]>) : undefined,
    retryAfter: seconds(body.retryAfter),
  };
}

function problemOfStatus(status: number): Problem {
  return status === 404
    ? {
        slug: 'not-found',
        title: 'The API does not have this function',
        detail: 'Check that "api" in config.json is the URL of the functions, and that they are not older than this page.',
        status,
      }
    : { slug: 'unexpected', title: 'Something went wrong', detail: `The API responded with status ${status} and no details.`, status };
}

export function unreachable(): Problem {
  return {
    slug: 'unreachable',
    title: 'The API cannot be reached',
    detail: 'The API does not respond, or it does not allow requests from this page.',
  };
}

export function offline(): Problem {
  return { slug: 'offline', title: 'You are offline', detail: 'There is no network connection.' };
}

export function incompleteExport(users: number): Problem {
  return {
    slug: 'incomplete-export',
    title: 'The export is incomplete',
    detail: `It stopped after ${users.toLocaleString()} users, before the API confirmed that it was complete.`,
  };
}

/** Returns the body, or undefined if it is not JSON. Throws if the connection breaks. */
export async function readJson(response: Response): Promise<unknown> {
  const body = await response.text();
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === 'number' || (typeof value === 'string' && value !== '') ? Math.ceil(Number(value)) : NaN;
  return number >= 0 ? number : undefined;
}
