import type { Palette } from './palette.js';

/** One column of a table for people. */
export interface TableColumn {
  readonly header: string;
  /** Numbers stand to the right, so that their digits line up. Default: left. */
  readonly align?: 'left' | 'right' | undefined;
}

/** How a table is drawn. */
export interface TableOptions {
  readonly palette: Palette;
  /** Longest cell in columns of the terminal; longer ones end in `…`. 0 or absent: no limit. */
  readonly maxCellWidth?: number | undefined;
}

const gap = '  ';

/**
 * Rows as aligned columns under their headers.
 *
 * Without lines around the cells, so that the output pastes into a message and `awk` can read it.
 * Cells are made printable first: a control character in a stored name (a newline, an escape
 * sequence) must not move the cursor of the person who reads it.
 *
 * Shape: one line for the headers and one a row, each ending in a newline.
 */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  { palette, maxCellWidth = 0 }: TableOptions,
): string {
  const cells = rows.map((row) => row.map((cell) => clip(printable(cell), maxCellWidth)));
  const widths = columns.map(({ header }, index) =>
    cells.reduce((width, row) => Math.max(width, displayWidth(row[index] ?? '')), header.length),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => pad(text, widths[index]!, columns[index]!.align ?? 'left'))
      .join(gap)
      .trimEnd();
  const headers = palette.bold(line(columns.map(({ header }) => header)));
  return [headers, ...cells.map(line)].map((text) => `${text}\n`).join('');
}

/** A name and a value a line, the values aligned; for single things. */
export function formatFields(fields: readonly (readonly [string, string])[], palette: Palette) {
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return fields
    .map(([name, value]) => `${palette.dim(name.padEnd(width))}  ${printable(value)}\n`)
    .join('');
}

/** Text whose control characters are shown as escapes instead of being obeyed by the terminal. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const known = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
    return known ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

// C0 and C1 controls, and the characters that reverse the direction of the text after them.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}

function clip(text: string, width: number): string {
  if (width === 0 || displayWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (displayWidth(kept) + displayWidth(character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Columns a terminal needs: two for CJK and emoji, none for marks that combine. */
function displayWidth(text: string): number {
  // Nearly every name is ASCII.
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/^\p{Mark}$/u.test(character) || character === '\u200d') continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u;
