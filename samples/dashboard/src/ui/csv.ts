// CSV (RFC 4180) that a spreadsheet can open without harm.

/** The first line of a file. Its byte order mark tells spreadsheets that the file is UTF-8. */
export function csvHeader(columns: readonly string[]): string {
  return `\uFEFF${columns.join(',')}\r\n`;
}

/** Formats values as a line of CSV. */
export function csvLine(values: unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: unknown): string {
  const text = value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const escaped = neutralize(text);
  return /[",;\t\r\n\v\f\x85\u2028\u2029]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

/**
 * Puts a ' before each character that could start a formula (https://owasp.org/www-community/attacks/CSV_Injection), at every
 * position where a spreadsheet could start a cell, with any settings. A phone number is not changed.
 */
function neutralize(text: string): string {
  if (/^\+[0-9]+$/.test(text)) return text;
  return text.replace(/(?:^|[,;\t\r\n\v\f\x85\u2028\u2029])[\p{White_Space}"]*(?=[=+\-@＝＋－＠])/gu, "$&'");
}
