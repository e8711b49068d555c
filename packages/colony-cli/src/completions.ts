import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RootCommand, script } from '@bomb.sh/tab';
import type { Command as ShellCommand } from '@bomb.sh/tab';
import type { Command, Option } from 'commander';
import type { CommandContext } from './command-context.js';
import { exitCodes } from './exit-codes.js';

/**
 * Prints the script that a shell evaluates to complete `coral`.
 *
 * The only file that knows the completion library, which prints through `console` itself.
 */
export async function printCompletionScript(
  program: Command,
  { shell }: { readonly shell: string },
): Promise<number> {
  script(shell as Parameters<typeof script>[0], program.name(), program.name());
  return exitCodes.ok;
}

/** Prints what could stand in place of the last word; called by the script at every TAB. */
export async function printCompletions(
  program: Command,
  { io }: CommandContext,
  { words }: { readonly words: readonly string[] },
): Promise<number> {
  const root = new RootCommand();
  const colonies = () => colonyIds(io.env['CORAL_CONFIG'] ?? join(io.homeDir, '.coral'));
  describe(root, program, colonies);
  addCommands(root, program, [], colonies);
  root.parse([...words]);
  return exitCodes.ok;
}

type ColonyIds = () => readonly string[];

function addCommands(
  root: RootCommand,
  parent: Command,
  path: readonly string[],
  colonies: ColonyIds,
): void {
  for (const command of parent.createHelp().visibleCommands(parent)) {
    const names = [...path, command.name()];
    const target = root.command(names.join(' '), command.summary() || command.description());
    describe(target, command, colonies);
    addCommands(root, command, names, colonies);
  }
}

function describe(target: ShellCommand, command: Command, colonies: ColonyIds): void {
  const help = command.createHelp();
  for (const option of [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]) {
    addOption(target, option, colonies);
  }
  for (const argument of command.registeredArguments) {
    const choices = argument.name() === 'colony' ? colonies : () => argument.argChoices ?? [];
    target.argument(argument.name(), suggest(choices), argument.variadic);
  }
}

function addOption(target: ShellCommand, option: Option, colonies: ColonyIds): void {
  const name = option.long?.slice(2);
  if (name === undefined) return;
  const alias = option.short?.slice(1);
  if (!option.required && !option.optional) {
    if (alias === undefined) target.option(name, option.description);
    else target.option(name, option.description, alias);
    return;
  }
  const choices = name === 'colony' ? colonies : () => option.argChoices ?? [];
  target.option(name, option.description, suggest(choices), alias);
}

function suggest(choices: () => readonly string[]) {
  return (complete: (value: string, description: string) => void) => {
    for (const choice of choices()) complete(choice, '');
  };
}

/** Read without the configuration's machinery: a TAB must feel instant. */
function colonyIds(baseDir: string): readonly string[] {
  try {
    return readdirSync(join(baseDir, 'colonies'))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => name.slice(0, -'.yaml'.length));
  } catch {
    // No colonies yet: nothing to suggest, and no place in a prompt for an error.
    return [];
  }
}
