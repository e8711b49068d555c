import { create } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Event as StoredEvent, EventInput } from '@coral/storage';
import { EventSchema } from '../gen/coral/colony/v1/colony_pb.js';
import type { Event, NewEvent } from '../gen/coral/colony/v1/colony_pb.js';
import { given, optionalText, requireText } from '../field.js';
import { fromTimestamp, toTimestamp } from './time.js';

/** A stored event as the API shows it. */
export function toEvent(event: StoredEvent): Event {
  return create(EventSchema, {
    ...given({
      details: event.details as JsonObject | undefined,
      correlationGroup: event.correlationGroup,
    }),
    id: event.id,
    timestamp: toTimestamp(event.timestamp),
    serviceId: event.serviceId,
    eventType: event.eventType,
  });
}

/**
 * An event to record, as the store takes it.
 * @param at where it stands in the request, for messages: `events[3]`
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
 */
export function fromNewEvent(event: NewEvent, at: string): EventInput {
  return {
    serviceId: requireText(`${at}.service_id`, event.serviceId),
    eventType: requireText(`${at}.event_type`, event.eventType),
    ...given({
      timestamp: fromTimestamp(`${at}.timestamp`, event.timestamp),
      details: event.details,
      correlationGroup: optionalText(event.correlationGroup),
    }),
  };
}
