import { create } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Service as StoredService, ServiceInput } from '@coral/storage';
import { ServiceSchema } from '../gen/coral/colony/v1/colony_pb.js';
import type { RegisterServiceRequest, Service } from '../gen/coral/colony/v1/colony_pb.js';
import { given, optionalText, requireText } from '../field.js';
import { serviceStatuses } from './names.js';
import { fromTimestamp, toTimestamp } from './time.js';

/** A stored service as the API shows it. */
export function toService(service: StoredService): Service {
  return create(ServiceSchema, {
    ...given({ version: service.version, labels: service.labels as JsonObject | undefined }),
    id: service.id,
    name: service.name,
    appId: service.appId,
    agentId: service.agentId,
    lastSeen: toTimestamp(service.lastSeen),
    status: serviceStatuses.toProto(service.status),
  });
}

/**
 * A service to register, as the store takes it.
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
 */
export function fromRegisterService(request: RegisterServiceRequest): ServiceInput {
  const id = requireText('id', request.id);
  const name = optionalText(request.name) ?? id;
  return {
    id,
    name,
    appId: optionalText(request.appId) ?? name,
    agentId: requireText('agent_id', request.agentId),
    ...given({
      version: optionalText(request.version),
      labels: request.labels,
      lastSeen: fromTimestamp('last_seen', request.lastSeen),
      status: serviceStatuses.fromProto('status', request.status),
    }),
  };
}
