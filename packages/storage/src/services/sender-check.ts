import type { Logger } from '../logger.js';
import { isStorageError } from '../storage-error.js';
import { isText, requireDate } from '../writes/check-input.js';
import { checkService } from '../writes/services.js';
import { instanceKey, type CheckedSender } from './service-fold.js';
import type { ServiceSighting } from './service-sighting.js';

/** Checks who sent a request, each object once: it means writing the labels as JSON. */
export class SenderCheck {
  readonly #logger: Logger;
  readonly #known = new WeakMap<ServiceSighting, CheckedSender>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns undefined when it cannot be registered, even without its labels */
  check(service: ServiceSighting, now: Date): CheckedSender | undefined {
    const sender = this.#known.get(service) ?? this.#checkAnew(service, now);
    if (sender) this.#known.set(service, sender);
    return sender;
  }

  #checkAnew(service: ServiceSighting, now: Date): CheckedSender | undefined {
    try {
      return checked(service, now);
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
