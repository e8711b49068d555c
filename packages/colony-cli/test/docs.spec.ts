import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { codeBlocks, spawnProcess } from '@coral/testkit';
import type { Command } from 'commander';
import { cliErrorCodes } from '../src/cli-error.js';
import { exitCodeFor, exitCodes } from '../src/exit-codes.js';
import type { Io } from '../src/io.js';
import { buildProgram } from '../src/program.js';
import { runCli } from '../src/run-cli.js';
import { memoryIo } from './memory-io.js';
import { coralPath, useCoral } from './use-coral.js';

const read = (path: string) =>
  readFile(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

interface CommandEntry {
  readonly name: string;
  readonly options: readonly string[];
}

/** Every command that does something, with its arguments and the flags of its options. */
function describedCommands(): CommandEntry[] {
  const stream = { write: () => true, once: () => undefined };
  const io = { version: '0', stdout: stream, stderr: stream };
  const program = buildProgram({ io, run: async () => undefined });
  const visit = (parent: Command, path: string): CommandEntry[] =>
    parent
      .createHelp()
      .visibleCommands(parent)
      .filter((command) => command.name() !== 'help')
      .flatMap((command) => {
        const args = command.registeredArguments.map((argument) => {
          const name = argument.variadic ? `${argument.name()}...` : argument.name();
          return argument.required ? `<${name}>` : `[${name}]`;
        });
        const name = [path, command.name(), ...args].join(' ');
        const inner = visit(command, `${path} ${command.name()}`);
        return inner.length > 0
          ? inner
          : [{ name, options: command.options.map(({ flags }) => flags) }];
      });
  return [
    { name: 'Options of every command', options: program.options.map(({ flags }) => flags) },
    ...visit(program, 'coral'),
  ];
}

/** The same, as docs/commands.md has it. */
function documentedCommands(markdown: string): CommandEntry[] {
  return markdown
    .split('\n## ')
    .slice(1)
    .map((section) => ({
      name: section.split('\n')[0]!.replaceAll('`', ''),
      options: [...section.matchAll(/^\| `(-[^`]+)`/gm)].map((match) => match[1]!),
    }))
    .filter(({ name }) => name.startsWith('coral ') || name === 'Options of every command');
}

describe('docs/commands.md', () => {
  it('has every command, argument and option, and no other', async () => {
    expect(documentedCommands(await read('docs/commands.md'))).toEqual(describedCommands());
  });

  it('explains every exit code', async () => {
    const [, section] = (await read('docs/commands.md')).split('## Exit codes');
    const codes = [...section!.matchAll(/^\| (\d+) +\|/gm)].map((match) => Number(match[1]));
    expect(codes).toEqual(Object.values(exitCodes));
  });
});

describe('docs/errors.md', () => {
  it('has a row for every code, with its exit code, and no other', async () => {
    const rows = [...(await read('docs/errors.md')).matchAll(/^\| `(CLI_\w+)` +\| (\d+) +\|/gm)];
    expect(rows.map((row) => [row[1], Number(row[2])])).toEqual(
      cliErrorCodes.map((code) => [code, exitCodeFor(code)]),
    );
  });
});

describe('README.md', () => {
  const coral = useCoral();

  it('shows commands that work as shown', async () => {
    const blocks = codeBlocks(await read('README.md')).filter(({ language }) => language === 'sh');
    // The first installs the package, which tools/consumer does.
    const script = blocks.slice(1).map(({ code }) => code);
    expect(script.join('')).toContain('coral colony start --detach');
    await coral.run(['--version']);
    const child = await spawnProcess({
      command: 'bash',
      args: [
        '-c',
        [
          'set -euo pipefail',
          `coral() { "${process.execPath}" "${coralPath}" "$@"; }`,
          ...script,
        ].join('\n'),
      ],
      cwd: coral.project,
      env: coral.env({ CORAL_PORT: '0', CORAL_OTLP_HTTP_PORT: '0', CORAL_OTLP_GRPC_PORT: '0' }),
    });
    const { code } = await child.waitForExit({ timeoutMs: 60_000 });
    expect([code, code === 0 ? '' : child.output]).toEqual([0, '']);
    expect(child.stdout).toContain('is ready');
    expect(child.stdout).toMatch(/deploy +1\n/);
    expect(child.stdout).toContain('has stopped');
  }, 60_000);

  it('shows how to use the library', async () => {
    const [example] = codeBlocks(await read('README.md')).filter(
      ({ language }) => language === 'ts',
    );
    expect(example!.code).toContain("runCli(['colony', 'status'], io)");
    const isRunning = async (io: Io) => (await runCli(['colony', 'status'], io)) === exitCodes.ok;
    await coral.init();
    const io = memoryIo({ cwd: coral.project, homeDir: coral.home });
    await expect(isRunning(io)).resolves.toBe(false);
    expect(io.written.stdout).toContain('stopped');
  });
});
