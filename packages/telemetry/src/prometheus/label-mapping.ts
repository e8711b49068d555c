/** How the labels of a series name its service. */
export interface LabelMapping {
  /** Labels that may name the service; the first one that a series has is taken. */
  readonly serviceLabels: readonly string[];
  /** Services, as the labels name them, of which each instance is a service of its own. */
  readonly perInstance: readonly string[];
}

/**
 * An instrumented service says who it is, or its scrape job does. Exporters of machines are one job
 * for all machines, which have nothing to do with each other: each is a service of its own.
 */
export const defaultLabelMapping: LabelMapping = {
  serviceLabels: ['service_name', 'service', 'job'],
  perInstance: ['node', 'node-exporter', 'node_exporter', 'windows-exporter', 'windows_exporter'],
};

/** Who sent a series, and what of its labels is left to tell it from others. */
export interface MappedLabels {
  readonly resource: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Splits labels into the resource, which names the service and its instance, and the rest.
 *
 * The labels that were used leave the attributes; `job` stays there when another label names the
 * service. Without any of the labels the resource names no service.
 *
 * @param labels without `__name__`
 * @example
 * mapLabels(new Map([['job', 'shop'], ['instance', 'a:80'], ['code', '200']])).resource
 * // { 'service.name': 'shop', 'service.instance.id': 'a:80' }
 */
export function mapLabels(
  labels: ReadonlyMap<string, string>,
  { serviceLabels, perInstance }: LabelMapping = defaultLabelMapping,
): MappedLabels {
  const serviceLabel = serviceLabels.find((name) => labels.has(name));
  const service = serviceLabel === undefined ? undefined : labels.get(serviceLabel)!;
  const instance = labels.get('instance');
  // Names come from senders: an object without a prototype takes `__proto__` for a name like others.
  const resource: Record<string, string> = Object.create(null) as Record<string, string>;
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
  if (service !== undefined) {
    const isOnItsOwn = instance !== undefined && perInstance.includes(service);
    resource['service.name'] = isOnItsOwn ? `${service}/${instance}` : service;
  }
  if (instance !== undefined) resource['service.instance.id'] = instance;
  for (const [name, value] of labels) {
    if (name !== serviceLabel && name !== 'instance') attributes[name] = value;
  }
  return { resource, attributes };
}
