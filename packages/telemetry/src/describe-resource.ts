import type { Attributes, CanonicalEntry } from './canonical-json.js';
import { canonicalAttributes, canonicalObject } from './canonical-json.js';
import type { ResourceDescriptor } from './points.js';

/** The service of a resource that does not name one, as OpenTelemetry prescribes. */
const unknownService = 'unknown_service';

/**
 * Describes a sender by its resource attributes.
 *
 * @example describeResource({ 'service.name': 'cart', 'service.namespace': 'shop' }).serviceId // 'shop/cart'
 */
export function describeResource(attributes: Attributes): ResourceDescriptor {
  return resourceFromJson(canonicalAttributes(attributes));
}

/** The same for attributes that a decoder has already turned into canonical JSON. */
export function resourceFromEntries(entries: CanonicalEntry[]): ResourceDescriptor {
  return resourceFromJson(canonicalObject(entries));
}

/** Reads the service out of canonical JSON. */
export function resourceFromJson(attributes: string): ResourceDescriptor {
  // JSON.parse gives `__proto__` no meaning, and only the names below are read, as own properties.
  const values = JSON.parse(attributes) as Record<string, unknown>;
  const text = (key: string): string | undefined => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined || value === null || value === '') return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const serviceName = text('service.name') ?? unknownService;
  const serviceNamespace = text('service.namespace');
  const serviceVersion = text('service.version');
  const serviceInstanceId = text('service.instance.id');
  const hostName = text('host.name');
  return {
    serviceId: serviceNamespace === undefined ? serviceName : `${serviceNamespace}/${serviceName}`,
    serviceName,
    ...(serviceNamespace === undefined ? {} : { serviceNamespace }),
    ...(serviceVersion === undefined ? {} : { serviceVersion }),
    ...(serviceInstanceId === undefined ? {} : { serviceInstanceId }),
    ...(hostName === undefined ? {} : { hostName }),
    attributes,
  };
}
