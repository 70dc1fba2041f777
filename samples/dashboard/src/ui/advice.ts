import type { Problem } from '../api/problems';

/** What happened and what to do, in paragraphs. */
export function explain(problem: Problem, account?: string): string[] {
  // A number and its unit stay on one line.
  const detail = problem.detail.replace(/(\d) s\b/g, '$1\u00A0s');
  if (problem.slug === 'insufficient-permission') {
    // The detail is for someone who can change permissions.
    const who = account ? `You are signed in as ${account}. ` : '';
    return [`${who}${advice(problem)}`, `For the administrator: ${detail}`];
  }
  return [detail, advice(problem)].filter(Boolean);
}

function advice(problem: Problem): string {
  switch (problem.slug) {
    case 'insufficient-permission':
      return 'Ask an administrator of this Auth0 tenant for the permission. It takes effect when you sign in again.';
    case 'organization-token':
      return 'Sign out, then sign in without choosing an organization.';
    case 'missing-token':
    case 'invalid-token':
      return 'If signing in again does not help, check that domain, issuer and audience in config.json match the settings of the API.';
    case 'tenant-refused':
    case 'vault-unavailable':
    case 'misconfigured':
      return 'Contact the administrator of this API.';
    case 'offline':
      return 'The page continues automatically when you are back online.';
    case 'unreachable':
      return 'Check that the API is running and that its allowed origins include the origin of this page.';
    case 'incomplete-export':
      return 'Try the export again.';
    default:
      return '';
  }
}
