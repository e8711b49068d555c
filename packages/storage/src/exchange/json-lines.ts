import { maxRecordLength } from './csv-records.js';
import { invalidInput } from './invalid-input.js';

export interface JsonLine {
  readonly row: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * The objects of newline-delimited JSON, some at a time. Empty lines are left out, and are counted.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the row, which is the line
 */
export async function* jsonLines(
  path: string,
  text: AsyncIterable<string>,
): AsyncGenerator<JsonLine[]> {
  let row = 0;
  let rest = '';
  const read = (lines: readonly string[]): JsonLine[] =>
    lines.flatMap((line) => {
      row += 1;
      return line.trim() === '' ? [] : [{ row, value: parse(path, row, line) }];
    });
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    yield read(lines);
    if (rest.length > maxRecordLength) {
      throw invalidInput(`a line is longer than ${maxRecordLength} characters`, { path });
    }
  }
  yield read([rest]);
}

function parse(path: string, row: number, line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (reason) {
    throw invalidInput('it is not JSON; there must be one object a line', { path, row }, reason);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw invalidInput('it is not an object; there must be one object a line', { path, row });
}
