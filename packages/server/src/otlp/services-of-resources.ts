import type { ServiceInput } from '@coral/storage';
import type { ResourceDescriptor } from '@coral/telemetry';

/**
 * The services that the resources of a request speak for, as the store takes them.
 *
 * A service runs when telemetry of it arrives. Its application is its namespace, or itself; its
 * agent is the instance that sent, or its host. When several instances of a service are in one
 * request the last one stays.
 *
 * @param protocol what the agent is called when the resource names neither
 *
 * Shape: one entry per service id, in order of first appearance.
 * Source: OpenTelemetry's semantic conventions for `service.*` and `host.name`.
 */
export function servicesOfResources(
  resources: readonly ResourceDescriptor[],
  now: Date,
  protocol = 'otlp',
): ServiceInput[] {
  const services = new Map<string, ServiceInput>();
  for (const resource of resources) {
    services.set(resource.serviceId, {
      id: resource.serviceId,
      name: resource.serviceName,
      appId: resource.serviceNamespace ?? resource.serviceName,
      agentId: resource.serviceInstanceId ?? resource.hostName ?? protocol,
      ...(resource.serviceVersion === undefined ? {} : { version: resource.serviceVersion }),
      labels: JSON.parse(resource.attributes) as Record<string, unknown>,
      status: 'running',
      lastSeen: now,
    });
  }
  return [...services.values()];
}
