// What users call themselves can be blank, reorder the text around it, or cover the lines above it. This makes it fit to show.
import type { User } from '../api/client';

// Controls, and characters that have no width or change the direction of the text. Joiners stay: emoji and some scripts need them.
const INVISIBLE = new RegExp(
  String.raw`[\p{Cc}\p{Zl}\p{Zp}\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E` +
    String.raw`\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]`,
  'gu',
);

/** No script needs more combining marks on a letter. */
const STACK = /(\p{M}{4})\p{M}+/gu;

/** Returns the text with invisible characters in a visible form, and without stacks of combining marks. */
export function visible(text: string): string {
  const code = (character: string) => `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  return text.replace(INVISIBLE, code).replace(STACK, '$1');
}

/** The text as someone would type it: without invisible characters, with single spaces, in lowercase. */
export function typeable(text: string): string {
  return text.normalize().replace(INVISIBLE, '').replace(/\s+/gu, ' ').trim().toLowerCase();
}

/** Whether nothing of the text would be seen. */
function isBlank(text: string | undefined): boolean {
  return !text || text.replace(/[\p{C}\p{Z}\p{M}\u115F\u1160\u2800\u3164\uFFA0]/gu, '') === '';
}

/** A name to show: the full name or, where nothing of it would be seen, something else that identifies the user. */
export function displayName(user: User): string {
  const { name, email, username, phone_number, user_id } = user;
  return visible([name, email, username, phone_number].find((text) => !isBlank(text)) ?? user_id).trim();
}

/** The text to type to confirm a deletion: the email address or, without one that can be typed, the ID. */
export function confirmation(user: User): string {
  return isBlank(user.email) || typeable(user.email!) === '' ? user.user_id : user.email!;
}

export function initials(user: User): string {
  const name = displayName(user).replace(/@.*/, '').replace(/⟨U\+[0-9A-F]+⟩/g, '');
  const words = name.match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? [];
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters.map((word) => word.match(/^\p{L}\p{M}?/u)![0].toLocaleUpperCase()).join('') || '#';
}

/** One of eight hues, always the same for the same user. */
export function hue(id: string): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.codePointAt(0)!) | 0;
  return Math.abs(hash % 8);
}
