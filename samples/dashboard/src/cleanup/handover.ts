// What two administrators hand to each other: the link to a plan that waits for an approval, and the approval.

/** A link to the page that approves a plan. The seal is in the fragment, which browsers send to no server. */
export function approvalLink(seal: string): string {
  return `${location.origin}${location.pathname}?approve#${seal}`;
}

/** The seal in a link, or the seal alone. */
export function sealIn(text: string): string {
  return compact(text).split('#').at(-1)!;
}

/** The text without white space: emails break long lines. */
export function compact(text: string): string {
  return text.replace(/\s/g, '');
}
