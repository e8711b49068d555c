import type { Service } from '@coral/storage';
import type { CommandContext } from '../command-context.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import { renderRows, toJsonObject } from '../render/render.js';
import { formatAge } from '../render/units.js';

/** `coral services` */
export interface ServicesInput extends Record<string, unknown> {
  readonly status?: Service['status'];
  readonly limit: number;
}

/** Lists the services a colony knows, by id. */
export async function services(context: CommandContext, input: ServicesInput): Promise<number> {
  const { status, limit } = input;
  const rows = await withColony(context, (colony) => colony.listServices({ status, limit }));
  const nowMs = context.io.now();
  await renderRows(context, {
    rows,
    columns: [
      { header: 'SERVICE', text: (service) => service.id },
      { header: 'STATUS', text: (service) => service.status },
      { header: 'VERSION', text: (service) => service.version ?? '' },
      { header: 'AGENT', text: (service) => service.agentId },
      { header: 'LAST SEEN', text: (service) => formatAge(service.lastSeen, nowMs) },
    ],
    json: (service) =>
      toJsonObject({
        id: service.id,
        name: service.name,
        app_id: service.appId,
        version: service.version,
        agent_id: service.agentId,
        labels: service.labels,
        last_seen: service.lastSeen,
        status: service.status,
      }),
    empty: 'No services yet. Point a program at the colony: eval "$(coral colony env)"',
  });
  return exitCodes.ok;
}
