import type { EventInput, JsonObject } from '@coral/storage';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import { parseSince } from '../parse-since.js';
import { renderDone } from '../render/render.js';

/** `coral events record` */
export interface EventsRecordInput extends Record<string, unknown> {
  readonly type: string;
  readonly service: string;
  readonly details?: string;
  readonly group?: string;
  readonly at?: string;
}

/** Records one event and prints its id once it is stored. */
export async function eventsRecord(
  context: CommandContext,
  input: EventsRecordInput,
): Promise<number> {
  const timestamp = input.at === undefined ? undefined : parseSince(input.at, context.io.now());
  const event: EventInput = {
    serviceId: input.service,
    eventType: input.type,
    timestamp: timestamp ?? new Date(context.io.now()),
    ...(input.details === undefined ? {} : { details: parseDetails(input.details) }),
    ...(input.group === undefined ? {} : { correlationGroup: input.group }),
  };
  const id = await withColony(context, (colony) => colony.recordEvent(event));
  await renderDone(context, {
    text: `Recorded event ${id}: ${input.type} of ${input.service}`,
    json: { id },
  });
  return exitCodes.ok;
}

function parseDetails(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw notAnObject((cause as Error).message, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw notAnObject('it is another kind of JSON');
  }
  return value as JsonObject;
}

function notAnObject(why: string, cause?: unknown): CliError {
  return new CliError('CLI_USAGE', `--details is not a JSON object: ${why}`, {
    cause,
    hint: `Quote it for the shell: --details '{"version":"1.2.3"}'`,
  });
}
