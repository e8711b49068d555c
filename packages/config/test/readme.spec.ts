import { describe, expect, it } from '@jest/globals';
import { mkdir, readFile } from 'node:fs/promises';
import { codeBlocks } from '@coral/testkit';
import * as api from '../src/index.js';
import { useConfigHome } from './config-home.js';

const text = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const examples = codeBlocks(text).filter(({ language }) => language === 'js');

describe('README', () => {
  const home = useConfigHome();

  it('has examples that run one after another, from an empty home', async () => {
    await mkdir(home.projectDir, { recursive: true });
    const printed: unknown[][] = [];
    for (const { code } of examples) await run(code, printed);
    expect(printed).toEqual(
      expect.arrayContaining([
        [expect.stringMatching(/^my-shop-dev-[0-9a-f]{6}$/)],
        [expect.stringMatching(/project\/\.coral\/my-shop-dev-[0-9a-f]{6}\.duckdb$/)],
        [{ host: '127.0.0.1', port: 9100, otlpHttpPort: 4318, otlpGrpcPort: 4317 }],
        ['[redacted]'],
        ['server.port', 9000, 'default'],
        ['CONFIG_COLONY_ID_INVALID', expect.any(String)],
      ]),
    );
  });

  /** Runs an example in a world of its own: imports, process and console are ours. */
  async function run(code: string, printed: unknown[][]): Promise<void> {
    const { randomBytes } = await import('node:crypto');
    const modules: Record<string, object> = {
      '@coral/config': api,
      'node:os': { homedir: () => home.homeDir },
      'node:crypto': { randomBytes },
    };
    const scope: Record<string, unknown> = {
      process: { cwd: () => home.projectDir, env: {} },
      console: { log: (...values: unknown[]) => printed.push(values) },
    };
    const body = code.replace(
      /^import \{([^}]+)\} from '([^']+)';$/gm,
      (_statement, names: string, from: string) => {
        for (const name of names.split(',').map((part) => part.trim())) {
          if (name === '') continue;
          expect(modules[from]).toHaveProperty(name);
          scope[name] = (modules[from] as Record<string, unknown>)[name];
        }
        return '';
      },
    );
    const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
    await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope));
  }
});
