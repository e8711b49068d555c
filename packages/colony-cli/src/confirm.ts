import type { CommandContext } from './command-context.js';
import { write } from './render/write.js';

/** Whether somebody sits there who can be asked. */
export function canAsk({ io, globals }: CommandContext): boolean {
  return io.stdin.isTTY === true && io.stderr.isTTY === true && !globals.json;
}

/** Asks a question on standard error; anything but `y` or `yes` means no. */
export async function confirm({ io }: CommandContext, question: string): Promise<boolean> {
  await write(io.stderr, `${question} [y/N] `);
  for await (const chunk of io.stdin) {
    const answer = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return /^y(?:es)?$/i.test(answer.trim());
  }
  return false;
}
