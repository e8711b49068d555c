import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { defaultDecodeLimits } from './decode-options.js';
import { rejectionReasons } from './rejection.js';
import { isTelemetryError, TelemetryError, telemetryErrorCodes } from './telemetry-error.js';

describe('isTelemetryError', () => {
  it('recognises by code, so that another copy of the class will do', () => {
    const error = new TelemetryError('TELEMETRY_LIMIT', 'too large');
    expect(isTelemetryError(error)).toBe(true);
    expect(isTelemetryError({ code: 'TELEMETRY_MALFORMED' })).toBe(true);
    expect(isTelemetryError(new Error('too large'))).toBe(false);
    expect(isTelemetryError({ code: 'ENOENT' })).toBe(false);
    expect(isTelemetryError(null)).toBe(false);
  });

  it('keeps details and cause', () => {
    const cause = new Error('why');
    const error = new TelemetryError('TELEMETRY_MALFORMED', 'bad', { offset: 3 }, { cause });
    expect(error).toMatchObject({ name: 'TelemetryError', details: { offset: 3 }, cause });
  });
});

describe('docs/errors.md', () => {
  const section = async (title: string) => {
    const markdown = await readFile(new URL('../docs/errors.md', import.meta.url), 'utf8');
    const text = markdown.split('\n## ').find((part) => part.startsWith(title)) ?? '';
    return [...text.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
  };

  it('has a row for every code and no other', async () => {
    expect(await section('Errors')).toEqual([...telemetryErrorCodes]);
  });

  it('has a row for every reason of rejection and no other', async () => {
    expect(await section('Rejected points')).toEqual(Object.keys(rejectionReasons));
  });

  it('has a row for every limit and no other', async () => {
    expect(await section('Limits')).toEqual(Object.keys(defaultDecodeLimits));
  });
});
