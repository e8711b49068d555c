import { describe, expect, it } from '@jest/globals';
import { parseYaml } from './yaml-source.js';

const parse = (text: string, secret = false) => parseYaml(text, { file: 'f.yaml', secret });

describe('parseYaml', () => {
  it.each(['', '\n', '# nothing yet\n', '---\n'])('reads %j as a file without keys', (text) => {
    expect(parse(text).data).toEqual({});
  });

  it('says where keys and values stand', () => {
    const source = parse('a: 1\nsection:\n  key: value\n  empty:\n');
    expect(source.locate(['section', 'key'])).toEqual({ line: 3, column: 8 });
    expect(source.locateKey(['section', 'key'])).toEqual({ line: 3, column: 3 });
    expect(source.locate(['section', 'empty'])).toEqual({ line: 4, column: 3 });
  });

  it('points at the nearest part around something that is missing', () => {
    const source = parse('\nsection:\n  key: value\n');
    expect(source.locate(['section', 'other'])).toEqual({ line: 3, column: 3 });
    expect(source.locate(['other'])).toEqual({ line: 2, column: 1 });
  });

  it('finds values behind an alias', () => {
    const source = parse('a: &x\n  key: 1\nb: *x\n');
    expect(source.data).toEqual({ a: { key: 1 }, b: { key: 1 } });
    expect(source.locate(['b', 'key'])).toEqual({ line: 2, column: 8 });
  });

  it.each([
    ['an open bracket', 'a: 1\nb: [1, 2\n', 3],
    ['a tab as indentation', 'a:\n\tb: 1\n', 2],
    ['a key twice', 'a: 1\na: 2\n', 2],
    ['two documents', 'a: 1\n---\nb: 2\n', 2],
    ['an unknown tag', 'a: !!js/function x\n', 1],
    ['a mapping as a key', 'a: 1\n? {b: 1}\n: 2\n', 2],
    ['an alias to nothing', 'a: 1\nb: *x\n', 2],
    ['a quote that is never closed', 'a: "x\n', 2],
  ])('refuses %s and says where', (_what, text, line) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_SYNTAX',
        message: expect.stringMatching(new RegExp(`^f\\.yaml:${line}:\\d+: `)),
        details: expect.objectContaining({ file: 'f.yaml', line }),
      }),
    );
  });

  it('refuses aliases that expand without end', () => {
    const rows = Array.from({ length: 9 }, (_, i) => `r${i}: &r${i} [${`*r${i - 1},`.repeat(9)}]`);
    expect(() => parse(['r-1: &r-1 x', ...rows].join('\n'))).toThrow(
      expect.objectContaining({ code: 'CONFIG_SYNTAX' }),
    );
  });

  it.each([
    'colony_secret: "hunter2hunter2\n',
    'colony_secret: [hunter2hunter2\n',
    'colony_secret: *hunter2hunter2\n',
    'colony_secret: !hunter2hunter2 x\n',
    'colony_secret: hunter2hunter2: x\n',
    'a: 1\n  hunter2hunter2\nb: }hunter2hunter2\n',
  ])('does not repeat the secret of %j', (text) => {
    try {
      parse(text, true);
    } catch (error) {
      expect(inspectAll(error)).not.toContain('hunter2');
      return;
    }
    throw new Error('was accepted');
  });
});

function inspectAll(error: unknown): string {
  const { message, details, cause, stack } = error as Error & { details: unknown };
  return JSON.stringify([message, details, String(cause), stack]);
}
