import type { OutputStream } from '../io.js';

/**
 * Writes text or bytes and waits while the reader is behind, so that a large answer never piles up in
 * memory.
 */
export async function write(stream: OutputStream, text: string | Uint8Array): Promise<void> {
  if (stream.write(text)) return;
  await new Promise<void>((resolve) => stream.once('drain', resolve));
}
