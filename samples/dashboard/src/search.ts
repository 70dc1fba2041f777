// Turns plain words into a query of Auth0's user search, which supports a subset of the Lucene syntax:
// https://auth0.com/docs/manage-users/user-search/user-search-query-syntax

/** The maximum length of a query that the API accepts. */
export const LONGEST_QUERY = 1000;

const NAMES = ['name', 'given_name', 'family_name', 'nickname', 'email', 'username'];

/**
 * Returns a query that finds the users who match every word: a name or an email address begins with it, or any field contains it
 * as a whole word. Finds an ID as a whole. The query is valid for any input.
 */
export function toQuery(input: string): string {
  const text = input.replace(/\p{Cc}+/gu, ' ').trim();
  if (text === '') return '';

  // Only IDs contain a vertical bar. They can contain spaces too.
  if (text.includes('|')) return `user_id:${phrase(text)}`;

  const words = text.split(/\s+/u);
  // Ignore stray punctuation, as in "ann - smith".
  const terms = words.filter((word) => !/^[\p{P}$+<=>^`|~]+$/u.test(word));
  if (terms.length === 0) return phrase(text);

  const query = terms.map(clause).join(' AND ');
  // Many words still match few users as whole words, and the query is shorter.
  return query.length <= LONGEST_QUERY ? query : terms.map(phrase).join(' AND ');
}

function clause(word: string): string {
  const term = word.replace(/^[,;("']+|[,;)"']+$/gu, '') || word;
  if (!isPrefix(term)) return phrase(term);

  const prefix = `${escape(term)}*`;
  if (term.includes('@')) return `email:${prefix}`;

  const fields = /^\+?\d+$/.test(term) ? ['phone_number', ...NAMES] : NAMES;
  return `(${fields.map((field) => `${field}:${prefix}`).join(' OR ')} OR ${phrase(term)})`;
}

/** Whether a wildcard can follow: Auth0 requires three characters before it. `<` and `>` cannot be escaped. */
function isPrefix(word: string): boolean {
  return /^[\p{L}\p{M}\p{N}._'’@+-]{3,}$/u.test(word);
}

function escape(word: string): string {
  return word.replace(/[+\-]/g, '\\$&');
}

/** In double quotes, only two characters need escaping. */
function phrase(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
