import { describe, expect, it } from '@jest/globals';
import type { Progress } from '@coral/storage';
import { memoryIo } from '../../test/memory-io.js';
import type { CommandContext } from '../command-context.js';
import { createPalette } from './palette.js';
import { describeProgress, displayProgress, drawProgress } from './progress.js';

const half: Progress = { phase: 'copy', done: 512, total: 1024, unit: 'bytes' };

function shown(options: { isTTY: boolean; json: boolean; at?: readonly number[] }): string {
  const times = [...(options.at ?? [])];
  const io = memoryIo({
    cwd: '/',
    homeDir: '/',
    isTTY: options.isTTY,
    now: () => times.shift() ?? 0,
  });
  const context: CommandContext = {
    io,
    globals: { json: options.json, verbose: false },
    palette: createPalette(false),
  };
  const display = displayProgress(context);
  display.show({ phase: 'count', done: 0, unit: 'steps' });
  display.show(half);
  display.show({ ...half, done: 1024 });
  display.end();
  return io.written.stderr;
}

describe('displayProgress', () => {
  it('draws a bar in place on a terminal and leaves nothing of it', () => {
    const text = shown({ isTTY: true, json: true });
    expect(text).toContain('\r\u001b[2Kcopy');
    expect(text).not.toContain('\n');
    expect(text.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('prints a line for each phase elsewhere, and another one every ten seconds', () => {
    expect(shown({ isTTY: false, json: false, at: [0, 1, 10_000] })).toBe(
      'count\ncopy: 50 % of 1.0 KiB\n',
    );
    expect(shown({ isTTY: false, json: false, at: [0, 1, 10_001] })).toBe(
      'count\ncopy: 50 % of 1.0 KiB\ncopy: 100 % of 1.0 KiB\n',
    );
  });

  it('prints nothing for a program that reads JSON', () => {
    expect(shown({ isTTY: false, json: true })).toBe('');
  });
});

describe('a progress', () => {
  it.each<[Progress, string]>([
    [half, 'copy: 50 % of 1.0 KiB'],
    [{ phase: 'import', done: 3, unit: 'rows' }, 'import: 3 rows'],
    [{ phase: 'seal', done: 1, total: 3, unit: 'steps' }, 'seal: 33 % of 3 steps'],
    [{ phase: 'verify', done: 0, unit: 'steps' }, 'verify'],
    [{ phase: 'copy', done: 9, total: 0, unit: 'rows' }, 'copy: 9 rows'],
    [{ phase: 'copy', done: 9, total: 8, unit: 'rows' }, 'copy: 100 % of 8 rows'],
  ])('%j is %j', (progress, text) => {
    expect(describeProgress(progress)).toBe(text);
  });

  it('has a bar as long as it is done', () => {
    expect(drawProgress(half)).toBe(`copy     ${'█'.repeat(12)}${'░'.repeat(12)} 50 % of 1.0 KiB`);
  });
});
