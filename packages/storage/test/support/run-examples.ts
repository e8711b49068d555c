import { codeBlocks, onTestEnd } from '@coral/testkit';
import { transform } from '@swc/core';
import { mkdir } from 'node:fs/promises';
import { openDatabase, type Database } from '../../src/index.js';
import * as storage from '../../src/index.js';

/**
 * Runs the TypeScript and JavaScript of a page, block after block, as its reader would: the package
 * is this one, and relative paths are in the given folder, where the colony `my-shop-dev` is, stopped.
 * Blocks that open nothing find `database`.
 *
 * @returns what the examples printed, a list of values per line
 */
export async function runExamples(markdown: string, folder: string): Promise<unknown[][]> {
  const lines: unknown[][] = [];
  const opened: Database[] = [];
  let database: Database | undefined;
  const colony = { storagePath: '.coral', colonyId: 'my-shop-dev' };
  const open: typeof openDatabase = async (options) => {
    const one = await openDatabase(options);
    opened.push(one);
    return one;
  };
  onTestEnd(() => Promise.all(opened.map((one) => one.close())).then(() => undefined));
  await mkdir(folder, { recursive: true });
  const before = process.cwd();
  process.chdir(folder);
  onTestEnd(() => process.chdir(before));
  await (await open(colony)).close();
  for (const { language, code } of codeBlocks(markdown)) {
    if (language !== 'ts' && language !== 'js') continue;
    if (!code.includes('openDatabase')) database ??= await open(colony);
    const run = await toFunction(code);
    await run({ ...storage, openDatabase: open }, database, {
      log: (...values: unknown[]) => lines.push(values),
    });
  }
  return lines;
}

type Example = (
  storage: unknown,
  database: Database | undefined,
  console: { log: (...values: unknown[]) => void },
) => Promise<void>;

async function toFunction(code: string): Promise<Example> {
  const body = code.replace(
    /^import \{([^}]+)\} from '@coral\/storage';$/gm,
    (_, names: string) => `const {${names.replaceAll(' as ', ': ')}} = storage;`,
  );
  const { code: script } = await transform(
    `export default async (storage, database, console) => {{\n${body}\n}}`,
    {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    },
  );
  const exports: { default?: Example } = {};
  new Function('exports', script)(exports);
  return exports.default!;
}
