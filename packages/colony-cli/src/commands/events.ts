import type { CommandContext } from '../command-context.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import { parseSince } from '../parse-since.js';
import { renderRows, toJsonObject } from '../render/render.js';
import { formatTime } from '../render/units.js';

/** `coral events` */
export interface EventsInput extends Record<string, unknown> {
  readonly service?: string;
  readonly type?: string;
  readonly group?: string;
  readonly since?: string;
  readonly limit: number;
}

/** Lists events, the newest first. */
export async function events(context: CommandContext, input: EventsInput): Promise<number> {
  const filter = {
    serviceId: input.service,
    eventType: input.type,
    correlationGroup: input.group,
    from: input.since === undefined ? undefined : parseSince(input.since, context.io.now()),
    limit: input.limit,
  };
  const rows = await withColony(context, (colony) => colony.listEvents(filter));
  await renderRows(context, {
    rows,
    columns: [
      { header: 'ID', text: (event) => String(event.id), align: 'right' },
      { header: 'TIME', text: (event) => formatTime(event.timestamp) },
      { header: 'SERVICE', text: (event) => event.serviceId },
      { header: 'TYPE', text: (event) => event.eventType },
      { header: 'GROUP', text: (event) => event.correlationGroup ?? '' },
      { header: 'DETAILS', text: (event) => detailsText(event.details) },
    ],
    json: (event) =>
      toJsonObject({
        id: event.id,
        timestamp: event.timestamp,
        service_id: event.serviceId,
        event_type: event.eventType,
        details: event.details,
        correlation_group: event.correlationGroup,
      }),
    empty: 'No such events. Record one: coral events record deploy --service <id>',
  });
  return exitCodes.ok;
}

function detailsText(details: unknown): string {
  return details === undefined ? '' : JSON.stringify(details);
}
