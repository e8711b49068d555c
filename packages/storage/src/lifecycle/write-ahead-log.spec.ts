import { describe, expect, it } from '@jest/globals';
import { logHeader, rootOfLastCheckpoint } from './write-ahead-log.js';

/** Written by DuckDB 1.5.6: the entry of a CHECKPOINT, and the one that commits it. */
const root1 = Buffer.from('6400636500640001650008ffffffff', 'hex');
const root0 = Buffer.from('6400636500650008ffffffff', 'hex');
const far = Buffer.from('64006365006400aa80808080808080' + '16650008ffffffff', 'hex');
const commit = Buffer.from('640064ffff', 'hex');

function log(...entries: Buffer[]): Buffer {
  return Buffer.concat([
    logHeader,
    ...entries.flatMap((entry) => {
      const head = Buffer.alloc(16);
      head.writeBigUInt64LE(BigInt(entry.length));
      return [head, entry];
    }),
  ]);
}

describe('rootOfLastCheckpoint', () => {
  it('reads the root of a CHECKPOINT that nothing follows, in any block and piece', () => {
    expect(rootOfLastCheckpoint(log(commit, root1, commit))).toBe(1n);
    expect(rootOfLastCheckpoint(log(commit, root0, commit))).toBe(0n);
    expect(rootOfLastCheckpoint(log(commit, far, commit))).toBe((0x16n << 56n) | 0x2an);
    expect(rootOfLastCheckpoint(log(root1))).toBe(1n);
  });

  it('finds none where something follows, in an empty log, and in one that was cut off', () => {
    expect(rootOfLastCheckpoint(log(root1, commit, commit, commit))).toBeUndefined();
    expect(rootOfLastCheckpoint(log(commit))).toBeUndefined();
    expect(rootOfLastCheckpoint(Buffer.alloc(0))).toBeUndefined();
    expect(rootOfLastCheckpoint(log(root1).subarray(0, 20))).toBeUndefined();
  });
});
