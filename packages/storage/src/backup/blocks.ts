/** A part of a stream, of a fixed size but for the last. */
export interface Block {
  readonly block: Buffer;
  readonly isLast: boolean;
}

/**
 * Cuts a stream into blocks of one size and says which is the last: it alone may be shorter. An
 * empty stream is one empty block.
 *
 * @param firstBytes size of the first block, where it differs
 */
export async function* readBlocks(
  stream: AsyncIterable<Buffer>,
  bytes: number,
  firstBytes = bytes,
): AsyncGenerator<Block> {
  let waiting: Buffer[] = [];
  let length = 0;
  let wanted = firstBytes;
  for await (const chunk of stream) {
    waiting.push(chunk);
    length += chunk.length;
    // One byte more than wanted is needed to know that the block is not the last.
    while (length > wanted) {
      const all = Buffer.concat(waiting, length);
      yield { block: all.subarray(0, wanted), isLast: false };
      waiting = [all.subarray(wanted)];
      length -= wanted;
      wanted = bytes;
    }
  }
  yield { block: Buffer.concat(waiting, length), isLast: true };
}
