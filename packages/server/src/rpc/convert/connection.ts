import { create } from '@bufbuild/protobuf';
import type { ConnectionInput, ServiceConnection as StoredConnection } from '@coral/storage';
import { ServiceConnectionSchema } from '../gen/coral/colony/v1/colony_pb.js';
import type { ObservedConnection, ServiceConnection } from '../gen/coral/colony/v1/colony_pb.js';
import { given, invalidField, requireText } from '../field.js';
import { fromTimestamp, toTimestamp } from './time.js';

/** A stored connection as the API shows it. */
export function toConnection(connection: StoredConnection): ServiceConnection {
  return create(ServiceConnectionSchema, {
    fromService: connection.fromService,
    toService: connection.toService,
    protocol: connection.protocol,
    firstObserved: toTimestamp(connection.firstObserved),
    lastObserved: toTimestamp(connection.lastObserved),
    connectionCount: connection.connectionCount,
  });
}

/**
 * An observed connection, as the store takes it.
 * @param at where it stands in the request, for messages: `connections[3]`
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
 */
export function fromObservedConnection(observed: ObservedConnection, at: string): ConnectionInput {
  const { count } = observed;
  if (count !== undefined && count < 1) throw invalidField(`${at}.count`, 'must be positive');
  return {
    fromService: requireText(`${at}.from_service`, observed.fromService),
    toService: requireText(`${at}.to_service`, observed.toService),
    protocol: requireText(`${at}.protocol`, observed.protocol),
    ...given({ observedAt: fromTimestamp(`${at}.observed_at`, observed.observedAt), count }),
  };
}
