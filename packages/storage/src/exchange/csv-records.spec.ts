import { describe, expect, it } from '@jest/globals';
import { csvRecords, maxRecordLength, type CsvField } from './csv-records.js';

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function read(...texts: string[]): Promise<CsvField[][]> {
  const all: CsvField[][] = [];
  for await (const records of csvRecords('f.csv', pieces(...texts))) all.push(...records);
  return all;
}

const awkward =
  'a,b\r\n"quote "" and, comma",\n"",  spaced \n"two\r\nlines","""" \r'.replace(' \r', '') +
  '\r\nü😀,"last"';
const expected = [
  ['a', 'b'],
  ['quote " and, comma', null],
  ['', '  spaced '],
  ['two\r\nlines', '"'],
  ['ü😀', 'last'],
];

describe('csvRecords', () => {
  it('tells NULL from the empty string by the quotes', async () => {
    expect(await read('a,b,c\n,"",x\n')).toEqual([
      ['a', 'b', 'c'],
      [null, '', 'x'],
    ]);
  });

  it('reads the same wherever the text is cut', async () => {
    expect(await read(awkward)).toEqual(expected);
    for (let at = 0; at <= awkward.length; at += 1) {
      expect(await read(awkward.slice(0, at), awkward.slice(at))).toEqual(expected);
    }
    expect(await read(...awkward)).toEqual(expected);
  });

  it('reads nothing from nothing, and a last line without its end', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('a,')).toEqual([['a', null]]);
    expect(await read('a,b')).toEqual([['a', 'b']]);
  });

  it.each([
    ['an open quote', 'h\n"abc', { row: 1 }],
    ['text after a closing quote', 'h\n"abc"d\n', { row: 1 }],
    ['a quote within a field', 'h\nx\nab"c\n', { row: 2 }],
    ['too many fields', `h\n${','.repeat(1_001)}\n`, { row: 1 }],
    ['a record without end', `h\n"${'x'.repeat(maxRecordLength)}`, { row: 1 }],
  ])('refuses %s and says where', async (_, text, details) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { path: 'f.csv', ...details },
    });
  });
});
