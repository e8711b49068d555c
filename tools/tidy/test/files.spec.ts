import { describe, it } from '@jest/globals';
import { expectNone } from '../src/expect-none.js';
import { privatePlaces } from '../src/rules/private-places.js';
import { workspaceFiles } from '../src/workspace-files.js';

const MAX_SIZE_BYTES = 500 * 1024;

describe('files', () => {
  it('are small', () => {
    expectNone(
      workspaceFiles
        .filter(({ sizeBytes }) => sizeBytes > MAX_SIZE_BYTES)
        .map(({ path, sizeBytes }) => `${path}: ${Math.round(sizeBytes / 1024)} KB`),
      'A big file stays in every clone for ever. Generate it in the test, or keep it elsewhere:',
    );
  });

  it('name no place that exists on one machine only', () => {
    expectNone(
      workspaceFiles.flatMap(({ path, text }) =>
        privatePlaces(text()).map((line) => `${path}:${line}`),
      ),
      'A path or registry of one machine breaks on the next, and tells strangers about it:',
    );
  });
});
