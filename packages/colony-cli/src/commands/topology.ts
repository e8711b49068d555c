import type { CommandContext } from '../command-context.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import { renderRows, toJsonObject } from '../render/render.js';
import { formatTime } from '../render/units.js';

/** `coral topology` */
export interface TopologyInput extends Record<string, unknown> {
  readonly service?: string;
}

/** Lists the connections observed between services. */
export async function topology(context: CommandContext, input: TopologyInput): Promise<number> {
  const { service } = input;
  const connections = await withColony(context, (colony) => colony.listConnections());
  await renderRows(context, {
    rows: connections.filter(
      ({ fromService, toService }) =>
        service === undefined || fromService === service || toService === service,
    ),
    columns: [
      { header: 'FROM', text: (connection) => connection.fromService },
      { header: 'TO', text: (connection) => connection.toService },
      { header: 'PROTOCOL', text: (connection) => connection.protocol },
      { header: 'COUNT', text: (connection) => String(connection.connectionCount), align: 'right' },
      { header: 'FIRST', text: (connection) => formatTime(connection.firstObserved) },
      { header: 'LAST', text: (connection) => formatTime(connection.lastObserved) },
    ],
    json: (connection) =>
      toJsonObject({
        from_service: connection.fromService,
        to_service: connection.toService,
        protocol: connection.protocol,
        first_observed: connection.firstObserved,
        last_observed: connection.lastObserved,
        connection_count: connection.connectionCount,
      }),
    empty: 'No connections observed yet.',
  });
  return exitCodes.ok;
}
