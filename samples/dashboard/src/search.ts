// Plain words to a query of Auth0's user search, which is a part of Lucene's syntax:
// https://auth0.com/docs/manage-users/user-search/user-search-query-syntax

/** The longest query that the API takes. */
export const LONGEST_QUERY = 1000;

const NAMES = ['name', 'given_name', 'family_name', 'nickname', 'email', 'username'];

/**
 * A query that finds the users who have every word: in a name or an e-mail address that begins with it, or anywhere as a whole
 * word. An id is looked up as such. Whatever the words are, the query is one that Auth0 can read.
 */
export function toQuery(input: string): string {
  const text = input.replace(/\p{Cc}+/gu, ' ').trim();
  if (text === '') return '';

  // No name has a bar, and every id has one; ids may have spaces, too.
  if (text.includes('|')) return `user_id:${phrase(text)}`;

  const words = text.split(/\s+/u);
  // Stray punctuation says nothing: "smith, ann" or "ann - smith".
  const telling = words.filter((word) => !/^[\p{P}$+<=>^`|~]+$/u.test(word));
  if (telling.length === 0) return phrase(text);

  const query = telling.map(anywhere).join(' AND ');
  // Many words are few people: as whole words they take less room.
  return query.length <= LONGEST_QUERY ? query : telling.map(phrase).join(' AND ');
}

function anywhere(word: string): string {
  const term = word.replace(/^[,;("']+|[,;)"']+$/gu, '') || word;
  if (!isPrefix(term)) return phrase(term);

  const prefix = `${escape(term)}*`;
  if (term.includes('@')) return `email:${prefix}`;

  const fields = /^\+?\d+$/.test(term) ? ['phone_number', ...NAMES] : NAMES;
  return `(${fields.map((field) => `${field}:${prefix}`).join(' OR ')} OR ${phrase(term)})`;
}

/** A wildcard wants three characters before it, and none that no escape makes harmless (`<` and `>`). */
function isPrefix(word: string): boolean {
  return /^[\p{L}\p{M}\p{N}._'’@+-]{3,}$/u.test(word);
}

function escape(word: string): string {
  return word.replace(/[+\-]/g, '\\$&');
}

/** In double quotes, only two characters mean more than themselves. */
function phrase(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
