import { describe, expect, it } from '@jest/globals';
import { codeBlocks } from '@coral/testkit';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expectNone } from '../src/expect-none.js';
import { declaredErrorCodes, documentedErrorCodes } from '../src/rules/error-codes.js';
import { relativeLinks } from '../src/rules/markdown-links.js';
import { filesIn, packageFolders, workspaceFiles, workspaceRoot } from '../src/workspace-files.js';

const markdown = workspaceFiles.filter(
  ({ path }) => path.endsWith('.md') && !path.endsWith('.api.md'),
);

describe('documents', () => {
  it('are found', () => {
    expect(markdown.length).toBeGreaterThan(5);
  });

  it('link to files that exist', () => {
    expectNone(
      markdown.flatMap(({ path, text }) =>
        relativeLinks(text())
          .filter((target) => !existsSync(join(workspaceRoot, dirname(path), target)))
          .map((target) => `${path}: ${target}`),
      ),
      'A dead link costs every reader the search that its writer could have spared them:',
    );
  });

  it('have examples that a spec runs', () => {
    expectNone(
      packageFolders.flatMap((folder) => {
        const [readme] = filesIn(folder, /^packages\/[^/]+\/README\.md$/);
        const examples = readme === undefined ? [] : codeBlocks(readme.text());
        const isRun = filesIn(folder, /\.spec\.ts$/).some(({ text }) =>
          text().includes('README.md'),
        );
        const programs = examples.filter(({ language }) => ['ts', 'js', 'sh'].includes(language));
        return programs.length > 0 && !isRun
          ? [`${folder}/README.md: ${programs.length} examples, and no spec that reads README.md`]
          : [];
      }),
      'An example nobody runs is wrong after a few changes. Let a spec of the package read README.md (codeBlocks of @coral/testkit) and run it:',
    );
  });

  const declaredIn = (folder: string): string[] =>
    filesIn(folder, /\/src\/.*(?<!\.spec)\.ts$/).flatMap(({ text }) => declaredErrorCodes(text()));
  const codes = new Set(packageFolders.flatMap(declaredIn));

  it.each(packageFolders)(
    'of %s explain each of its error codes, and none that is gone',
    (folder) => {
      const documents = filesIn(folder, /\/docs\/errors\.md$/);
      // A page may also explain what the codes of a sibling become.
      const documented = new Set(documents.flatMap(({ text }) => documentedErrorCodes(text())));
      const undocumented = declaredIn(folder).filter((code) => !documented.has(code));
      const unknown = [...documented].filter((code) => !codes.has(code));
      expectNone(
        [
          ...undocumented.map((code) => `${code}: no row`),
          ...unknown.map((code) => `${code}: no code`),
        ],
        `${folder}/docs/errors.md is where a user looks a code up, and codes are the promise of the package:`,
      );
    },
  );
});
