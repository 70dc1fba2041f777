// Turns plain words into a query of Auth0's user search, which supports a subset of the Lucene syntax:
// https://auth0.com/docs/manage-users/user-search/user-search-query-syntax

/** The maximum length of a query that the API accepts. */
export const LONGEST_QUERY = 1000;

const NAMES = ['name', 'given_name', 'family_name', 'nickname', 'email', 'username'];

/** The fields in which names have accents. */
const ACCENTED_NAMES = ['name', 'given_name', 'family_name'];

/** Letters with accents, for each letter the most frequent ones first. */
const ACCENTS: Record<string, string> = {
  a: 'áäåàâã',
  c: 'čçć',
  e: 'éèëêę',
  g: 'ğ',
  i: 'íïî',
  l: 'ł',
  n: 'ñń',
  o: 'öóøôõ',
  r: 'ř',
  s: 'šśş',
  u: 'üúùû',
  y: 'ý',
  z: 'žźż',
};

/** Each spelling is a clause for each field, and Auth0 rejects queries that take it too long. */
const MOST_SPELLINGS = 14;

/**
 * Returns a query that finds the users who match every word: a name, an email address or its domain begins with it, or any field
 * contains it as a whole word. Also finds a phone number in any notation, and an ID as a whole. The query is valid for any input.
 */
export function toQuery(input: string, longest = LONGEST_QUERY): string {
  const text = input.normalize().replace(/\p{Cc}+/gu, ' ').replace(/['’‘ʼ`´′]/g, "'").trim();
  if (text === '') return '';

  // Only IDs contain a vertical bar. They can contain spaces too.
  if (text.includes('|')) return `user_id:${phrase(input.trim())}`;

  const words = text.split(/\s+/u);
  if (words.length > 1 && isPhoneNumber(text)) return `(${phoneNumber(text)} OR ${phrase(text)})`;

  // Ignore stray punctuation, as in "ann - smith".
  const terms = words.filter((word) => !/^[\p{P}$+<=>^`|~]+$/u.test(word));
  if (terms.length === 0) return phrase(text);

  // Other spellings make the query longer. Many words match few users even as whole words only.
  const candidates = [spellings, apostrophes].map((variants) => terms.map((term) => clause(term, variants)).join(' AND '));
  return candidates.find((query) => query.length <= longest) ?? terms.map(phrase).join(' AND ');
}

function clause(word: string, variants: (term: string) => string[]): string {
  const term = word.replace(/^[,;("']+|[,;)"']+$/gu, '') || word;
  if (/^@[\p{L}\p{N}.-]+$/u.test(term)) return `email.domain:${prefix(term.slice(1))}`;
  if (!canBePrefix(term)) return phrase(term);
  if (term.includes('@')) return anyOf('email', apostrophes(term));

  const common = apostrophes(term);
  const others = variants(term).filter((spelling) => !common.includes(spelling));
  return `(${[
    ...(isPhoneNumber(term) ? [phoneNumber(term)] : []),
    ...NAMES.map((field) => anyOf(field, ACCENTED_NAMES.includes(field) ? [...common, ...others] : common)),
    ...common.map(phrase),
  ].join(' OR ')})`;
}

function anyOf(field: string, terms: string[]): string {
  return terms.length === 1 ? `${field}:${prefix(terms[0]!)}` : `${field}:(${terms.map(prefix).join(' OR ')})`;
}

/** Names are stored with either apostrophe. */
function apostrophes(term: string): string[] {
  return term.includes("'") ? [term, term.replaceAll("'", '’')] : [term];
}

/**
 * The spellings of a word: without its accents, or with one where it has none. Auth0 does not ignore accents, so each spelling has to
 * be searched for.
 */
function spellings(term: string): string[] {
  const bare = term.normalize('NFD').replace(/\p{M}/gu, '').replace(/[łø]/gi, (letter) => ({ ł: 'l', ø: 'o' })[letter.toLowerCase()]!);
  if (bare !== term) return apostrophes(bare);
  // Short words match many users anyway.
  if (!/^[a-z'-]{3,}$/i.test(term)) return [];

  const found: string[] = [];
  // The most frequent accent of each letter first.
  for (let rank = 0; rank < 6; rank++) {
    for (let at = 0; at < term.length; at++) {
      const accented = ACCENTS[term[at]!.toLowerCase()]?.[rank];
      if (accented) found.push(term.slice(0, at) + accented + term.slice(at + 1));
    }
  }
  return found.slice(0, MOST_SPELLINGS);
}

/** Whether the text is digits, with the separators that people use. */
function isPhoneNumber(text: string): boolean {
  return /^\+?[\d\s().\p{Pd}/]+$/u.test(text) && /(\d\D*){3}/.test(text);
}

/** Phone numbers are stored as +, country code and number. Without a country code, the number can end with the digits. */
function phoneNumber(text: string): string {
  const digits = text.replace(/\(0\)/g, '').replace(/\D/g, '');
  const international = text.startsWith('+') ? digits : /^00[1-9]/.test(digits) ? digits.slice(2) : undefined;
  if (international) return `phone_number:\\+${international}*`;
  const national = digits.replace(/^0/, '');
  return national.length < 3 ? `phone_number:\\+${digits}*` : `phone_number:*${national}*`;
}

/** Whether a wildcard can follow the word. `<` and `>` cannot be escaped. */
function canBePrefix(word: string): boolean {
  return /^[\p{L}\p{M}\p{N}._'@+-]+$/u.test(word);
}

function prefix(word: string): string {
  return `${word.replace(/[+\-]/g, '\\$&')}*`;
}

/** In double quotes, only two characters need escaping. */
function phrase(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
