import type { ServiceSighting } from '@coral/storage';
import { describeInstance } from '@coral/telemetry';
import type { ResourceDescriptor } from '@coral/telemetry';

/**
 * The services that the resources of a request speak for, and their processes, as the store takes
 * them.
 *
 * A service runs when telemetry of it arrives. Its application is its namespace, or itself; its
 * agent is the instance that sent, or its host.
 *
 * @param protocol what the agent is called when the resource names neither
 *
 * Shape: one entry per resource, in their order; the same object for the same resource.
 * Source: OpenTelemetry's semantic conventions for `service.*`, `host.name` and `process.*`.
 */
export function servicesOfResources(
  resources: readonly ResourceDescriptor[],
  protocol = 'otlp',
): ServiceSighting[] {
  return resources.map((resource) => sightingOf(resource, protocol));
}

const known = new WeakMap<ResourceDescriptor, ServiceSighting>();

/** Resources that a decoder knows again are read once: their attributes are JSON. */
function sightingOf(resource: ResourceDescriptor, protocol: string): ServiceSighting {
  let sighting = known.get(resource);
  if (sighting === undefined) {
    const { instance, startedUs } = describeInstance(resource);
    sighting = {
      id: resource.serviceId,
      name: resource.serviceName,
      appId: resource.serviceNamespace ?? resource.serviceName,
      agentId: resource.serviceInstanceId ?? resource.hostName ?? protocol,
      ...(resource.serviceVersion === undefined ? {} : { version: resource.serviceVersion }),
      labels: JSON.parse(resource.attributes) as Record<string, unknown>,
      status: 'running',
      instance,
      ...(startedUs === 0 ? {} : { startedAt: new Date(startedUs / 1000) }),
      resource: resource.attributes,
    };
    known.set(resource, sighting);
  }
  return sighting;
}
