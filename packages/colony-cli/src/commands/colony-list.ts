import { listColonies } from '@coral/config';
import { configuredColony } from '../colony/configured-colony.js';
import { findRunningColony } from '../colony/find-running-colony.js';
import { resolveBase } from '../colony/resolve-colony.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { renderRows, toJsonObject } from '../render/render.js';

/** Lists the colonies of this user, and which of them run. */
export async function colonyList(context: CommandContext): Promise<number> {
  const baseDir = await resolveBase(context);
  const configured = await configuredColony(context);
  const colonies = await listColonies({ baseDir });
  const rows = await Promise.all(
    colonies.map(async ({ colonyId, file }) => ({
      colonyId,
      file,
      isConfigured: colonyId === configured.colonyId,
      presence: await findRunningColony(baseDir, colonyId, context.io.process),
    })),
  );
  await renderRows(context, {
    rows,
    columns: [
      { header: '', text: ({ isConfigured }) => (isConfigured ? '*' : '') },
      { header: 'COLONY', text: ({ colonyId }) => colonyId },
      { header: 'STATE', text: ({ presence }) => presence.state },
      {
        header: 'PID',
        text: ({ presence }) => (presence.state === 'running' ? String(presence.run.pid) : ''),
        align: 'right',
      },
      {
        header: 'LISTENS',
        text: ({ presence }) =>
          presence.state === 'running' ? `http://${presence.run.host}:${presence.run.port}` : '',
      },
    ],
    json: ({ colonyId, file, isConfigured, presence }) => {
      const run = presence.state === 'running' ? presence.run : undefined;
      return toJsonObject({
        colony_id: colonyId,
        current: isConfigured,
        state: presence.state,
        pid: run?.pid,
        host: run?.host,
        port: run?.port,
        config_file: file,
      });
    },
    empty: 'No colonies yet. Make one: coral init <app>, or just: coral colony start',
  });
  return exitCodes.ok;
}
