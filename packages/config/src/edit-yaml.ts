import { Document, parseDocument } from 'yaml';

export interface YamlEdit {
  readonly path: readonly string[];
  readonly value: string;
}

/**
 * The same YAML with some values replaced or added; comments, order and blank lines stay.
 *
 * The text has to be valid and hold a mapping, or nothing; `undefined` begins a new document, with
 * `comment` on top.
 */
export function editYaml(
  text: string | undefined,
  edits: readonly YamlEdit[],
  comment: string,
): string {
  const document = text === undefined ? new Document({}) : parseDocument(text);
  if (text === undefined) document.commentBefore = ` ${comment}`;
  for (const { path, value } of edits) {
    // setIn cannot descend into a section that holds only comments.
    if (path.length > 1 && document.getIn(path.slice(0, -1)) === null) {
      document.deleteIn(path.slice(0, -1));
    }
    document.setIn(path, value);
  }
  return document.toString({ lineWidth: 0 });
}
