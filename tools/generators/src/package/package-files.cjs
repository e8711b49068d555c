/**
 * The files of a new package, by path within it.
 *
 * It starts with the two things every package here has from its first day: a coded error class
 * and a README whose example a spec runs.
 *
 * @param {{ name: string, layer: string, description: string, version: string }} subject
 * @returns {Record<string, string>}
 */
function packageFiles(subject) {
  const words = subject.name.split('-');
  const names = {
    ...subject,
    error: `${words.map(capitalised).join('')}Error`,
    codes: `${words.join('_').toUpperCase()}_ERROR_CODES`,
    code: `${words.join('_').toUpperCase()}_INVALID_INPUT`,
  };
  return {
    'package.json': json(manifest(names)),
    'tsconfig.json': json({
      extends: '../../tsconfig.base.json',
      files: [],
      include: [],
      references: [{ path: './tsconfig.lib.json' }, { path: './tsconfig.spec.json' }],
    }),
    'tsconfig.lib.json': json({
      extends: '../../tsconfig.base.json',
      compilerOptions: {
        rootDir: 'src',
        outDir: 'dist',
        tsBuildInfoFile: 'dist/tsconfig.lib.tsbuildinfo',
      },
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.spec.ts'],
      references: [{ path: '../testkit/tsconfig.lib.json' }],
    }),
    'tsconfig.spec.json': json({
      extends: '../../tsconfig.base.json',
      compilerOptions: { outDir: 'out-tsc/spec', types: ['node'] },
      include: ['src/**/*.spec.ts', 'test/**/*.ts'],
      references: [{ path: './tsconfig.lib.json' }],
    }),
    'jest.config.cjs': `module.exports = require('../../tools/jest/preset.cjs')('${names.name}');\n`,
    'eslint.config.mjs': `import base from '../../eslint.config.mjs';\n\nexport default base;\n`,
    'README.md': readme(names),
    'docs/errors.md': errorTable(names),
    'src/index.ts': index(names),
    'src/errors.ts': errors(names),
    'src/errors.spec.ts': errorsSpec(names),
    'test/readme.spec.ts': readmeSpec(),
  };
}

/** @typedef {{ name: string, layer: string, description: string, version: string, error: string, codes: string, code: string }} Names */

/** @param {Names} names */
function manifest({ name, layer, description, version }) {
  return {
    name: `@coral/${name}`,
    version,
    description,
    license: 'Apache-2.0',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19.0' },
    exports: {
      './package.json': './package.json',
      '.': {
        '@coral/source': './src/index.ts',
        types: './dist/index.d.ts',
        default: './dist/index.js',
      },
    },
    files: ['dist', 'src', '!**/*.tsbuildinfo', '!**/*.spec.ts'],
    publishConfig: { access: 'public' },
    devDependencies: { '@coral/testkit': version },
    nx: { name, tags: [`layer:${layer}`] },
  };
}

/** @param {Names} names */
const readme = ({ name, description, error, code }) => `# @coral/${name}

${description}

\`\`\`sh
npm install @coral/${name}
\`\`\`

\`\`\`ts
import { ${error}, is${error} } from '@coral/${name}';

try {
  throw new ${error}('${code}', 'The name is empty. Give it at least one letter.');
} catch (error) {
  if (!is${error}(error)) throw error;
  console.log(error.code); // ${code}
}
\`\`\`

Errors: [docs/errors.md](docs/errors.md). Node 20.19 or newer.

Apache-2.0
`;

/** @param {Names} names */
const errorTable = ({ name, code }) => `# Errors of @coral/${name}

Codes change only with a major version; messages may improve any day.

| code | when | what to do |
| --- | --- | --- |
| \`${code}\` | an argument is not what its documentation asks for | correct the value that the message names |
`;

/** @param {Names} names */
const index = ({ error, codes }) => `export {
  ${codes},
  ${error},
  is${error},
  type ${error}Code,
  type ${error}Options,
} from './errors.js';
`;

/** @param {Names} names */
const errors = ({
  name,
  error,
  codes,
  code,
}) => `/** Every code a {@link ${error}} can carry; docs/errors.md has a row for each. */
export const ${codes} = ['${code}'] as const;

export type ${error}Code = (typeof ${codes})[number];

export interface ${error}Options {
  /** What led to the error. */
  readonly cause?: unknown;
  /** Values that explain the error to a program. Default: none. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * What every failure of @coral/${name} that a user can cause looks like.
 *
 * Programmer mistakes are plain \`TypeError\`s and \`RangeError\`s.
 */
export class ${error} extends Error {
  override readonly name = '${error}';
  readonly code: ${error}Code;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ${error}Code, message: string, options: ${error}Options = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details ?? {};
  }
}

/**
 * Whether a caught value is a {@link ${error}}.
 *
 * By code instead of \`instanceof\`, which fails between two installed copies of this package and
 * between realms.
 */
export function is${error}(value: unknown): value is ${error} {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    (${codes} as readonly unknown[]).includes(value.code)
  );
}
`;

/** @param {Names} names */
const errorsSpec = ({ error, code }) => `import { describe, expect, it } from '@jest/globals';
import { ${error}, is${error} } from './errors.js';

describe('${error}', () => {
  it('carries its code, its details and its cause', () => {
    const cause = new Error('first');
    const error = new ${error}('${code}', 'then', { cause, details: { at: 3 } });
    expect(error).toMatchObject({ code: '${code}', message: 'then', cause });
    expect(error.details).toEqual({ at: 3 });
    expect(new ${error}('${code}', 'alone')).not.toHaveProperty('cause');
  });

  it('is recognised by its code, also from another copy of the package', () => {
    expect(is${error}(new ${error}('${code}', ''))).toBe(true);
    expect(is${error}({ code: '${code}' })).toBe(true);
  });

  it.each([undefined, null, '${code}', {}, { code: 'ENOENT' }])('is not %p', (value) => {
    expect(is${error}(value)).toBe(false);
  });
});
`;

const readmeSpec = () => `import { describe, expect, it } from '@jest/globals';
import { codeBlocks } from '@coral/testkit';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const packageRoot = new URL('../', import.meta.url);
const readme = await readFile(new URL('README.md', packageRoot), 'utf8');
const examples = codeBlocks(readme).filter(({ language }) => language === 'ts');

describe('README', () => {
  it('has examples', () => {
    expect(examples).not.toEqual([]);
  });

  it.each(examples)('runs the example of line $line', async ({ line, code }) => {
    const directory = new URL('out-tsc/readme/', packageRoot);
    await mkdir(directory, { recursive: true });
    const file = new URL(\`line-\${line}.ts\`, directory);
    await writeFile(file, code);
    await import(fileURLToPath(file));
  });
});
`;

/** @param {string} word */
function capitalised(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** @param {unknown} value */
function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

module.exports = { packageFiles };
