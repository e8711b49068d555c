import { maxRecordLength } from './csv-records.js';
import { invalidInput } from './invalid-input.js';

/**
 * The objects of newline-delimited JSON. Empty lines are left out, and are counted.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the row, which is the line
 */
export async function* jsonLines(
  path: string,
  text: AsyncIterable<string>,
): AsyncGenerator<{ readonly row: number; readonly value: Readonly<Record<string, unknown>> }> {
  let row = 0;
  for await (const line of lines(path, text)) {
    row += 1;
    if (line.trim() !== '') yield { row, value: parse(path, row, line) };
  }
}

async function* lines(path: string, text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of text) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop()!;
    yield* parts;
    if (rest.length > maxRecordLength) {
      throw invalidInput(`a line is longer than ${maxRecordLength} characters`, { path });
    }
  }
  if (rest !== '') yield rest;
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
