import { setDefaultColony } from '@coral/config';
import { resolveBase } from '../colony/resolve-colony.js';
import { configuredColony } from '../colony/configured-colony.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { renderDone } from '../render/render.js';
import { write } from '../render/write.js';

/** `coral colony use` */
export interface ColonyUseInput extends Record<string, unknown> {
  readonly colony: string;
}

/** Makes a colony the default; says so when something nearer still names another. */
export async function colonyUse(context: CommandContext, input: ColonyUseInput): Promise<number> {
  const baseDir = await resolveBase(context);
  const { file } = await setDefaultColony({ baseDir, colonyId: input.colony });
  await renderDone(context, {
    text: `The default colony is ${input.colony} (${file}).`,
    json: { colony_id: input.colony, file },
  });
  const configured = await configuredColony(context);
  if (configured.colonyId !== input.colony) {
    const text = `Here ${configured.colonyId} is still used: ${configured.source} wins.\n`;
    await write(context.io.stderr, text);
  }
  return exitCodes.ok;
}
