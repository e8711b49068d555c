import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeBlocks, freePort, spawnProcess } from '@coral/testkit';
import { expect } from '@jest/globals';
import { coralPath } from './use-coral.js';
import type { CoralWorld } from './use-coral.js';

/** A page of docs/senders, to be done as it says. */
export interface SenderPage {
  /** The code under a title. @throws when the page has none */
  block(title: string, language?: string): string;
  /** Runs lines of bash in the project's folder, with `coral` at hand; they must succeed. */
  shell(script: string): Promise<string>;
  /** Writes a block under its title into the project's folder. */
  save(title: string): Promise<void>;
  /** Starts the colony in the background on ports of its own. */
  startColony(): Promise<void>;
}

/** The workspace's packages, which stand for what the page installs. */
const nodeModules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Opens a page for the colony of a test. */
export async function openSenderPage(coral: CoralWorld, name: string): Promise<SenderPage> {
  const page = await readFile(new URL(`../../../docs/senders/${name}`, import.meta.url), 'utf8');
  const blocks = codeBlocks(page);
  const ports = {
    CORAL_PORT: String(await freePort()),
    CORAL_OTLP_HTTP_PORT: String(await freePort()),
    CORAL_OTLP_GRPC_PORT: String(await freePort()),
  };
  const block = (title: string, language?: string): string => {
    const found = blocks.find(
      (each) =>
        each.info === `title=${title}` && (language === undefined || each.language === language),
    );
    if (found === undefined) throw new Error(`${name} has no block with title=${title}`);
    return found.code;
  };
  const shell = async (script: string): Promise<string> => {
    const child = await spawnProcess({
      command: 'bash',
      args: [
        '-c',
        `set -eo pipefail\ncoral() { "${process.execPath}" "${coralPath}" "$@"; }\n${script}`,
      ],
      cwd: coral.project,
      env: coral.env(ports),
    });
    const { code } = await child.waitForExit({ timeoutMs: 60_000 });
    expect([code, code === 0 ? '' : `${script}\n${child.output}`]).toEqual([0, '']);
    return child.stdout;
  };
  return {
    block,
    shell,
    save: async (title) => {
      await writeFile(join(coral.project, title), block(title));
    },
    startColony: async () => {
      await coral.init('shop', ['--env', 'production']);
      await symlink(nodeModules, join(coral.project, 'node_modules'));
      await shell('coral colony start --detach');
    },
  };
}
