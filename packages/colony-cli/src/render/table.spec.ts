import { describe, expect, it } from '@jest/globals';
import { createPalette } from './palette.js';
import { formatFields, formatTable, printable } from './table.js';

const palette = createPalette(false);

describe('formatTable', () => {
  it('aligns columns under their headers, numbers to the right', () => {
    const columns = [{ header: 'NAME' }, { header: 'COUNT', align: 'right' as const }];
    const rows = [
      ['api', '5'],
      ['payments', '1200'],
    ];
    expect(formatTable(columns, rows, { palette })).toBe(
      ['NAME      COUNT', 'api           5', 'payments   1200', ''].join('\n'),
    );
  });

  it('counts the columns a terminal needs, not characters', () => {
    const rows = [
      ['日本', 'x'],
      ['café', 'x'],
      ['cafe\u0301', 'x'],
    ];
    const table = formatTable([{ header: 'NAME' }, { header: 'B' }], rows, { palette });
    expect(table).toBe('NAME  B\n日本  x\ncafé  x\ncafe\u0301  x\n');
  });

  it('shows control characters instead of sending them to the terminal', () => {
    const table = formatTable([{ header: 'NAME' }], [['a\n\u001b[2Jb\u202e']], { palette });
    expect(table).toBe('NAME\na\\n\\u001b[2Jb\\u202e\n');
  });

  it('cuts long cells only when told how wide one may be', () => {
    const rows = [['abcdefghij']];
    expect(formatTable([{ header: 'N' }], rows, { palette, maxCellWidth: 5 })).toBe('N\nabcd…\n');
    expect(formatTable([{ header: 'N' }], rows, { palette, maxCellWidth: 10 })).toBe(
      'N\nabcdefghij\n',
    );
  });
});

describe('formatFields', () => {
  it('puts the values under each other', () => {
    const fields = [
      ['pid', '7'],
      ['uptime', '2 s'],
    ] as const;
    expect(formatFields(fields, palette)).toBe('pid     7\nuptime  2 s\n');
  });
});

describe('printable', () => {
  it('leaves ordinary text alone', () => {
    expect(printable('größer als 3 €')).toBe('größer als 3 €');
  });
});
