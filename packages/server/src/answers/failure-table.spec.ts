import { readFileSync } from 'node:fs';
import { Code } from '@connectrpc/connect';
import { storageErrorCodes } from '@coral/storage';
import { telemetryErrorCodes } from '@coral/telemetry';
import { describe, expect, it } from '@jest/globals';
import { serverErrorCodes } from '../errors.js';
import { failureTable } from './failure-table.js';

const codes = [...serverErrorCodes, ...storageErrorCodes, ...telemetryErrorCodes];
const errorsDoc = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The rows of a Markdown table whose first cell is a code. */
function documented(): Map<string, string[]> {
  const rows = [...errorsDoc.matchAll(/^\| `([A-Z_]+)` +\|(.*)\|$/gm)];
  return new Map(
    rows.map(([, code, rest]) => [code!, rest!.split('|').map((cell) => cell.trim())]),
  );
}

describe('the failure table', () => {
  it('knows every code of the server, the store and the decoders, and no other', () => {
    expect(Object.keys(failureTable).sort()).toEqual([...codes].sort());
  });

  it('gives senders of telemetry a status they repeat exactly where repeating helps', () => {
    const repeated = [429, 502, 503, 504];
    for (const [code, { http, otlp = http, retryAfterS }] of Object.entries(failureTable)) {
      expect([code, repeated.includes(otlp)]).toEqual([code, retryAfterS !== undefined]);
    }
  });

  it('is what docs/errors.md shows, in both directions', () => {
    const rows = documented();
    expect([...rows.keys()].sort()).toEqual([...codes].sort());
    for (const [code, { http, otlp, rpc }] of Object.entries(failureTable)) {
      const [status, rpcName] = rows.get(code)!;
      const shown = otlp === undefined ? String(http) : `${http} (OTLP ${otlp})`;
      expect([code, status, rpcName]).toEqual([code, shown, Code[rpc]]);
    }
  });
});
