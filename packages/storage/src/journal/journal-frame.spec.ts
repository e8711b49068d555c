import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@coral/testkit';
import { readFrames, toFrame, type JournalEntry } from './journal-frame.js';

const random = seededRandom();

/** Entries of these sequences, each of other bytes. */
const entriesOf = (...sequences: number[]): JournalEntry[] =>
  sequences.map((sequence) => ({
    sequence,
    bytes: new Uint8Array(8 * (1 + (sequence % 5))).fill(sequence % 251),
  }));

/** A file of frames, one per list. */
const fileOf = (...frames: JournalEntry[][]): Uint8Array =>
  new Uint8Array(Buffer.concat(frames.flatMap(toFrame)));

const sequencesOf = (file: Uint8Array, drainedUntil = 0) =>
  readFrames(file, drainedUntil).entries.map(({ sequence }) => sequence);

describe('journal frames', () => {
  it('come back as they were written', () => {
    const file = fileOf(entriesOf(1, 2, 3), entriesOf(4));
    expect(readFrames(file, 0)).toEqual({ entries: entriesOf(1, 2, 3, 4), damagedAt: undefined });
  });

  it('are none in an empty file, and in one that never was a journal', () => {
    expect(readFrames(new Uint8Array(), 0)).toEqual({ entries: [], damagedAt: undefined });
    const noise = new Uint8Array(random.bytes(4096));
    expect(readFrames(noise, 0)).toEqual({ entries: [], damagedAt: undefined });
  });

  it('leave out what the database has', () => {
    expect(sequencesOf(fileOf(entriesOf(1, 2), entriesOf(3, 4)), 3)).toEqual([4]);
  });

  it('end where a crash cut the last one off, at any byte', () => {
    const whole = fileOf(entriesOf(1, 2));
    const file = fileOf(entriesOf(1, 2), entriesOf(3, 4));
    for (let length = whole.length; length < file.length; length += 1) {
      expect(readFrames(file.slice(0, length), 0)).toEqual({
        entries: entriesOf(1, 2),
        damagedAt: undefined,
      });
    }
  });

  it('end where those of an earlier round begin', () => {
    const older = fileOf(entriesOf(1), entriesOf(2), entriesOf(3), entriesOf(4));
    const newer = fileOf(entriesOf(5));
    older.set(newer);
    expect(readFrames(older, 4)).toEqual({ entries: entriesOf(5), damagedAt: undefined });
    // Also where they happen to begin just behind.
    const aligned = fileOf(entriesOf(6), entriesOf(2), entriesOf(3));
    expect(readFrames(aligned, 5)).toEqual({ entries: entriesOf(6), damagedAt: undefined });
  });

  it('are damaged when a bit is flipped in any but the last', () => {
    const first = fileOf(entriesOf(1));
    const second = fileOf(entriesOf(2, 3));
    const file = fileOf(entriesOf(1), entriesOf(2, 3), entriesOf(4));
    for (let at = 0; at < first.length + second.length; at += 1) {
      const flipped = file.slice();
      flipped[at]! ^= 1 << random.integer(0, 7);
      expect(readFrames(flipped, 0).damagedAt).toBe(at < first.length ? 0 : first.length);
    }
  });

  it('are not damaged by what is behind them and in the database already', () => {
    const file = fileOf(entriesOf(1), entriesOf(2), entriesOf(3));
    file[30]! ^= 1;
    expect(readFrames(file, 3)).toEqual({ entries: [], damagedAt: undefined });
  });
});
