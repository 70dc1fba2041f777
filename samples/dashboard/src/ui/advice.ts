import type { Problem } from '../api/problems';

/** What to do about a problem, if its detail does not say. */
export function advice(problem: Problem): string {
  switch (problem.slug) {
    case 'insufficient-permission':
      return 'Ask an administrator of this Auth0 tenant for it. A new permission takes effect when you sign in again.';
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
