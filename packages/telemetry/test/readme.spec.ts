import { readFile } from 'node:fs/promises';
import { formatWithOptions } from 'node:util';
import vm from 'node:vm';
import { codeBlocks } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { transform } from '@swc/core';
import * as telemetry from '../src/index.js';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const examples = codeBlocks(readme).filter(({ language }) => language === 'ts');

/** What a comment after `console.log(…);` promises to be printed. */
const promises = (code: string) =>
  [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);

async function run(source: string): Promise<string[]> {
  const printed: string[] = [];
  const log = (...values: unknown[]) => {
    printed.push(formatWithOptions({ breakLength: Infinity }, ...values));
  };
  const { code } = await transform(source, {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  const body = code.replace(
    /import (\{[^}]*\}) from ['"]@coral\/telemetry['"];/,
    'const $1 = telemetry;',
  );
  const context = { telemetry, console: { log }, TextEncoder, TextDecoder, Uint8Array };
  vm.runInNewContext(`(() => {${body}})()`, context);
  return printed;
}

describe('README', () => {
  it('has examples', () => {
    expect(examples.length).toBe(4);
  });

  it.each(examples)('prints what line $line says', async ({ code }) => {
    expect(promises(code).length).toBeGreaterThan(0);
    expect(await run(code)).toEqual(promises(code));
  });
});
