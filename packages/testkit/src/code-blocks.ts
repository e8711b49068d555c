/** A fenced code block of a Markdown text. */
export interface CodeBlock {
  /** First word after the fence, `''` when there is none. */
  readonly language: string;
  /** The rest of the fence's line, such as `title=…`. */
  readonly info: string;
  /** The lines between the fences, each ended by a newline. */
  readonly code: string;
  /** Number of the block's first code line, from 1, for messages. */
  readonly line: number;
}

/**
 * Lists the fenced code blocks of a Markdown text, so that a spec can run a README's examples.
 *
 * Shape: one entry per block in the order of the text; `[]` when there is none. Blocks indented
 * by up to three spaces, in backticks or tildes, as CommonMark has them.
 *
 * @throws {RangeError} when a fence is not closed
 * @example
 * const examples = codeBlocks(readme).filter(({ language }) => language === 'ts');
 */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open:
    { fence: string; language: string; info: string; line: number; code: string } | undefined;
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    if (open) {
      const closing = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1];
      if (closing?.startsWith(open.fence)) {
        const { language, info, code } = open;
        blocks.push({ language, info, code, line: open.line });
        open = undefined;
      } else {
        open.code += `${line}\n`;
      }
      continue;
    }
    const [, fence, language = '', info = ''] =
      /^ {0,3}(`{3,}|~{3,})\s*(\S*)\s*(.*)$/.exec(line) ?? [];
    if (fence) open = { fence, language, info: info.trim(), line: index + 2, code: '' };
  }
  if (open) throw new RangeError(`The code block of line ${open.line - 1} is not closed.`);
  return blocks;
}
