import { seededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { ByteTable } from './byte-table.js';

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

describe('ByteTable', () => {
  it('finds what was added, from wherever the bytes are read', () => {
    const table = new ByteTable();
    const bytes = Uint8Array.of(9, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5);
    table.add(0, viewOf(bytes), 1, 6, 42);
    expect(table.find(0, viewOf(bytes), 6, 11)).toBe(42);
  });

  it('tells contexts, lengths and single bytes apart', () => {
    const table = new ByteTable();
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 1, 2, 3, 4, 6);
    const view = viewOf(bytes);
    table.add(0, view, 0, 5, 42);
    expect(table.find(1, view, 0, 5)).toBe(-1);
    expect(table.find(0, view, 0, 4)).toBe(-1);
    expect(table.find(0, view, 5, 10)).toBe(-1);
  });

  it('keeps its own copy of the bytes', () => {
    const table = new ByteTable();
    const bytes = Uint8Array.of(1, 2, 3, 4);
    table.add(0, viewOf(bytes), 0, 4, 7);
    bytes.fill(0);
    expect(table.find(0, viewOf(bytes), 0, 4)).toBe(-1);
    expect(table.find(0, viewOf(Uint8Array.of(1, 2, 3, 4)), 0, 4)).toBe(7);
  });

  it('has a place for no bytes at all', () => {
    const table = new ByteTable();
    const nothing = viewOf(new Uint8Array(0));
    table.add(3, nothing, 0, 0, 1);
    expect(table.find(3, nothing, 0, 0)).toBe(1);
    expect(table.find(4, nothing, 0, 0)).toBe(-1);
  });

  it('tells what was added after what was found last', () => {
    const table = new ByteTable();
    const view = viewOf(Uint8Array.from({ length: 26 }, (_, i) => i + 1));
    expect(table.nextAt).toBe(-1);
    table.add(0, view, 0, 3, 7);
    table.add(0, view, 3, 21, 8);
    expect(table.nextAt).toBe(-1); // There is none after the last.
    expect(table.find(0, view, 0, 3)).toBe(7);
    expect(table.nextAt).toBe(16); // A head of eight bytes, three, and what makes it a multiple of eight.
    expect(table.takeNext()).toBe(8);
    expect(table.nextAt).toBe(-1);
  });

  it('forgets what its arena has no room for', () => {
    const view = viewOf(Uint8Array.of(1, 2, 3, 4));
    const arena = { view, sizeBytes: 0, take: () => -1, clear: () => undefined };
    const table = new ByteTable(arena);
    table.add(0, view, 0, 4, 7);
    expect(table.find(0, view, 0, 4)).toBe(-1);
  });

  it('compares every byte', () => {
    for (let length = 1; length < 40; length++) {
      const table = new ByteTable();
      const bytes = Uint8Array.from({ length }, (_, i) => i + 1);
      table.add(0, viewOf(bytes), 0, length, 1);
      for (let at = 0; at < length; at++) {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= 1;
        expect(table.find(0, viewOf(changed), 0, length)).toBe(-1);
      }
      expect(table.find(0, viewOf(bytes), 0, length)).toBe(1);
    }
  });

  it('never gives a wrong number, and forgets next to none', () => {
    const random = seededRandom();
    const table = new ByteTable();
    const numbers = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const bytes = random.bytes(random.integer(0, 12));
      const key = Buffer.from(bytes).toString('hex');
      if (numbers.has(key)) continue;
      numbers.set(key, i);
      table.add(0, viewOf(bytes), 0, bytes.length, i);
    }
    let forgotten = 0;
    for (const [key, number] of numbers) {
      const bytes = Uint8Array.from(Buffer.from(key, 'hex'));
      const found = table.find(0, viewOf(bytes), 0, bytes.length);
      if (found < 0) forgotten++;
      else expect(found).toBe(number);
    }
    expect(forgotten / numbers.size).toBeLessThan(0.01);
  });
});
