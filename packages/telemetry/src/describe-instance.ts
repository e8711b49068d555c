import type { ResourceDescriptor } from './points.js';

/** Which process a resource speaks for. */
export interface InstanceDescriptor {
  /**
   * `service.instance.id`; without it `host.name`, `process.pid` and `service.version`, as far as they
   * are there, so that processes are told apart where they can be. `''` when nothing is there.
   */
  readonly instance: string;
  /** `process.creation.time` or `process.start_time`, µs since the epoch; 0 when absent. */
  readonly startedUs: number;
}

/** What has room in a key. UTF-16 units */
const maxLength = 255;

/**
 * Tells which process sent, and since when it runs.
 *
 * @example describeInstance(describeResource({ 'host.name': 'a', 'process.pid': 17 })).instance // 'a 17'
 */
export function describeInstance(resource: ResourceDescriptor): InstanceDescriptor {
  const values = JSON.parse(resource.attributes) as Record<string, unknown>;
  const pid = values['process.pid'];
  const started = values['process.creation.time'] ?? values['process.start_time'];
  const parts = [
    resource.hostName,
    typeof pid === 'number' || typeof pid === 'string' ? String(pid) : undefined,
    resource.serviceVersion,
  ].filter((part) => part !== undefined);
  const instance = (resource.serviceInstanceId ?? parts.join(' ')).replaceAll('\0', ' ');
  return { instance: instance.slice(0, maxLength).toWellFormed(), startedUs: timeOf(started) };
}

/** A time as ISO 8601 has it, or in seconds since the epoch. */
function timeOf(value: unknown): number {
  const ms = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  const us = Math.round(ms * 1000);
  return Number.isSafeInteger(us) && us > 0 ? us : 0;
}
