import { describe, expect, it } from '@jest/globals';
import { double, message, uint } from '../../test/protobuf-bytes.js';
import type { Bytes } from '../../test/protobuf-bytes.js';
import { labelBytes, sampleBytes, timeMs } from '../../test/remote-write-bytes.js';
import { ByteTable } from '../byte-table.js';
import { Kernel } from './kernel.js';

/** Labels of all lengths, up to some that take two bytes to say. */
const labels = Array.from({ length: 200 }, (_, i) => labelBytes('n', `${i}`.padEnd(i, 'x')));
const withSample = (i: number, sample: Bytes = sampleBytes(i, timeMs + i)) =>
  message(1, labels[i]!, sample);

/** Expects all labels, in their order and in a context; reads a message. */
function follow(parts: readonly Bytes[], { context = 0, from = 0 } = {}) {
  const kernel = new Kernel(100_000, 0);
  kernel.arena.reserve(100_000);
  const table = new ByteTable(kernel.arena);
  const entries = labels.map((bytes, n) => {
    table.add(0, new DataView(Uint8Array.from(bytes).buffer), 0, bytes.length, n);
    return kernel.arena.end;
  });
  const bytes = Uint8Array.from(parts.flat());
  kernel.hold(bytes);
  const begin = entries[0]! - Math.ceil((8 + labels[0]!.length) / 8) * 8;
  const at = parts.slice(0, from).flat().length;
  const count = kernel.follow(at, bytes.length, begin, context);
  return { count, samples: [...kernel.samples(count)], stopped: kernel.stoppedInMessage };
}

describe('Kernel', () => {
  it('follows series whose labels have any length', () => {
    const parts = labels.map((_, i) => withSample(i));
    const { count, samples, stopped } = follow(parts);
    expect(count).toBe(labels.length);
    expect(samples).toEqual(labels.flatMap((_, i) => [timeMs + i, i]));
    expect(stopped).toBe(parts.flat().length);
  });

  it('takes absent fields for zero', () => {
    const sample = [message(2, double(1, 4)), message(2, uint(2, 7)), message(2)];
    const parts = sample.map((bytes, i) => withSample(i, bytes));
    expect(follow(parts).samples).toEqual([0, 4, 7, 0, 0, 0]);
  });

  it.each<[string, Bytes]>([
    ['another series', withSample(4)],
    ['no sample', message(1, labels[2]!)],
    ['two samples', message(1, labels[2]!, sampleBytes(1, 1), sampleBytes(2, 2))],
    ['labels after the sample', message(1, labels[2]!, sampleBytes(1, 1), labelBytes('a', 'b'))],
    ['one more label', message(1, labels[2]!, labelBytes('z', 'b'), sampleBytes(1, 1))],
    ['fields in another order', withSample(2, message(2, uint(2, 7), double(1, 4)))],
    ['a field that it does not know', withSample(2, message(2, double(1, 4), uint(3, 7)))],
    ['a field of another message', message(3, labels[2]!, sampleBytes(1, 1))],
    ['a sample that ends early', message(1, labels[2]!, [0x12, 3, 0x10, 0x80, 0x80])],
    ['a sample that is longer than it says', message(1, labels[2]!, [0x12, 1, 0x10, 5])],
    ['a series that ends early', withSample(2).slice(0, -1)],
    ['a tag alone', [0x0a]],
  ])('stops at %s', (_, third) => {
    const before = [withSample(0), withSample(1)];
    const { count, stopped } = follow([...before, third]);
    expect(count).toBe(2);
    expect(stopped).toBe(before.flat().length);
  });

  it('stops at each byte of the labels that differs', () => {
    for (const i of [0, 10, 30, 60]) {
      const parts = Array.from({ length: i + 1 }, (_, n) => withSample(n));
      const last = [...parts[i]!];
      const at = last.length - sampleBytes(i, timeMs + i).length - labels[i]!.length;
      for (let n = 0; n < labels[i]!.length; n++) {
        const changed = last.with(at + n, last[at + n]! ^ 1);
        expect(follow([...parts.slice(0, -1), changed]).count).toBe(i);
      }
    }
  });

  it('knows a series in the context in which it was added', () => {
    expect(follow([withSample(0)], { context: 1 }).count).toBe(0);
  });

  it('begins anywhere, and has nothing to say of nothing', () => {
    expect(follow([withSample(5), withSample(0), withSample(1)], { from: 1 }).count).toBe(2);
    expect(follow([]).count).toBe(0);
  });
});
