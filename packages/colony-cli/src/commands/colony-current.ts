import { configuredColony } from '../colony/configured-colony.js';
import { resolveColony } from '../colony/resolve-colony.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { remark, renderDone } from '../render/render.js';

/** Prints the id of the colony that commands use here. */
export async function colonyCurrent(context: CommandContext): Promise<number> {
  // Resolves first: an id without a colony behind it is an error, not an answer.
  const { colonyId, storage } = await resolveColony(context);
  const { source } = await configuredColony(context);
  await renderDone(context, {
    text: colonyId,
    json: { colony_id: colonyId, source, database_path: storage.databasePath },
  });
  await remark(context, `chosen by ${source}`);
  return exitCodes.ok;
}
