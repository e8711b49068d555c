import { describe, expect, it } from '@jest/globals';
import { expectNone } from '../src/expect-none.js';
import { focusedTests } from '../src/rules/focused-tests.js';
import { defaultExports, importsWithoutExtension } from '../src/rules/module-style.js';
import { workspaceFiles, type WorkspaceFile } from '../src/workspace-files.js';

const typescript = workspaceFiles.filter(
  ({ path }) => /^(packages|tools|benchmarks)\/.*\.ts$/.test(path) && !path.includes('/gen/'),
);

const violations = (files: readonly WorkspaceFile[], rule: (text: string) => string[]): string[] =>
  files.flatMap((file) => rule(file.text()).map((line) => `${file.path}: ${line}`));

describe('sources', () => {
  it('are found', () => {
    expect(typescript.length).toBeGreaterThan(20);
  });

  it('run all their tests', () => {
    expectNone(
      violations(
        typescript.filter(({ path }) => path.endsWith('.spec.ts')),
        focusedTests,
      ),
      'A focused or skipped test makes the others, or itself, silent for everybody who pulls it:',
    );
  });

  it('name the file they import', () => {
    expectNone(
      violations(
        // AssemblyScript, which Node does not load, resolves them.
        typescript.filter(({ path }) => !path.includes('/assembly/')),
        importsWithoutExtension,
      ),
      'Node resolves no extensions in ES modules, so that a relative import ends in .js:',
    );
  });

  it('export by name', () => {
    expectNone(
      violations(typescript, defaultExports),
      'A default export has another name in every importer, which no search and no rename finds:',
    );
  });
});
