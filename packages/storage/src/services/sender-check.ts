import type { Logger } from '../logger.js';
import { isStorageError } from '../storage-error.js';
import { isText, requireDate } from '../writes/check-input.js';
import { checkService } from '../writes/services.js';
import { instanceKey, type CheckedSighting } from './service-fold.js';
import type { ServiceSighting } from './service-sighting.js';

type CheckedSender = Omit<CheckedSighting, 'start'>;

/**
 * Checks who sent a request. A sender that was checked before is known by its labels, an object that
 * decoders give with each of its requests: checking them means writing them as JSON.
 */
export class SenderCheck {
  readonly #logger: Logger;
  readonly #known = new WeakMap<object, { service: ServiceSighting; sender: CheckedSender }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns undefined when it cannot be registered, even without its labels */
  check(service: ServiceSighting, now: Date): CheckedSender | undefined {
    const known = service.labels && this.#known.get(service.labels);
    if (known && isSame(known.service, service)) {
      const lastSeen = service.lastSeen ? requireDate('lastSeen', service.lastSeen) : now;
      return { ...known.sender, row: { ...known.sender.row, lastSeen } };
    }
    try {
      const sender = checked(service, now);
      if (service.labels) this.#known.set(service.labels, { service, sender });
      return sender;
    } catch (reason) {
      if (!isStorageError(reason)) throw reason;
      this.#logger.warn(
        { reason: reason.message },
        'a sender of telemetry was not registered as it is',
      );
      const { labels, ...rest } = service;
      return labels ? this.check(rest, now) : undefined;
    }
  }
}

function checked(service: ServiceSighting, now: Date): CheckedSender {
  const row = checkService(service, now);
  const { instance: given = row.agentId, startedAt } = service;
  const instance = isText(given) && given.length <= 512 ? given : row.agentId;
  return {
    row,
    instance,
    key: instanceKey(row.id, instance),
    startedUs: startedAt === undefined ? 0 : requireDate('startedAt', startedAt).getTime() * 1000,
  };
}

function isSame(a: ServiceSighting, b: ServiceSighting): boolean {
  return (
    a.id === b.id &&
    a.name === b.name &&
    a.appId === b.appId &&
    a.version === b.version &&
    a.agentId === b.agentId &&
    a.status === b.status &&
    a.instance === b.instance &&
    a.startedAt === b.startedAt
  );
}
