/** Comma-separated values (RFC 4180) that no spreadsheet takes for more than text and figures. */

/** Whatever a spreadsheet may take for the beginning of a formula, after any spaces. */
const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|]/;

/** Somebody's words as a cell: always quoted, on one line, and never a formula. */
export function textCell(text: string): string {
  const line = text.replace(/[\r\n\t]+/g, ' ');
  const plain = FORMULA.test(line) ? `'${line}` : line;
  return `"${plain.replaceAll('"', '""')}"`;
}

/** The file's text: rows of cells, ended as RFC 4180 says. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}
