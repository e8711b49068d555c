import { createReadStream } from 'node:fs';
import { invalidInput } from './invalid-input.js';

const chunkBytes = 256 * 1024;

/**
 * A file's text, piece by piece; a byte order mark is left out.
 *
 * @param onBytes told how many bytes each piece had
 * @throws {StorageError} `STORAGE_INVALID_INPUT` for bytes that are not UTF-8
 */
export async function* readText(
  path: string,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    yield decode(path, () => decoder.decode(chunk as Buffer, { stream: true }));
    onBytes((chunk as Buffer).length);
  }
  yield decode(path, () => decoder.decode());
}

function decode(path: string, act: () => string): string {
  try {
    return act();
  } catch (reason) {
    throw invalidInput('it is not UTF-8 text', { path }, reason);
  }
}
