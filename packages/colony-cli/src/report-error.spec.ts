import { describe, expect, it } from '@jest/globals';
import { CliError } from './cli-error.js';
import { createPalette } from './render/palette.js';
import { reportError } from './report-error.js';

const palette = createPalette(false);

describe('reportError', () => {
  it('prints message, code and hint of a coded error, and no stack', () => {
    const error = new CliError('CLI_NO_DATABASE', 'No file.', { hint: 'Start it.' });
    expect(reportError(error, { palette, json: false })).toEqual({
      text: 'error: No file. (CLI_NO_DATABASE)\nhint: Start it.\n',
      exitCode: 66,
    });
  });

  it('prints one line of JSON when that was asked for', () => {
    const error = new CliError('CLI_API', 'Odd.');
    const { text } = reportError(error, { palette, json: true });
    expect(JSON.parse(text)).toEqual({ error: { code: 'CLI_API', message: 'Odd.' } });
  });

  it('shows the whole stack and the causes of anything else', () => {
    const cause = new Error('inner');
    const report = reportError(new TypeError('outer', { cause }), { palette, json: false });
    expect(report.text).toMatch(/TypeError: outer\n +at [\s\S]+caused by: Error: inner\n +at /);
    expect(report.exitCode).toBe(1);
  });

  it('lets the first of several errors lead', () => {
    const errors = [new CliError('CLI_RUN_FILE', 'First.'), new Error('second')];
    const report = reportError(new AggregateError(errors), { palette, json: false });
    expect(report.text).toContain('error: First. (CLI_RUN_FILE)');
    expect(report.text).toContain('also: second');
    expect(report.exitCode).toBe(73);
  });

  it.each([undefined, null, 'text', 7])('survives a thrown %p', (thrown) => {
    expect(reportError(thrown, { palette, json: false }).exitCode).toBe(1);
  });
});
