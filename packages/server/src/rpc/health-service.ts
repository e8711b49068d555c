import { Code, ConnectError } from '@connectrpc/connect';
import type { ServiceImpl } from '@connectrpc/connect';
import type { HealthMonitor, Serving } from '../health/health-monitor.js';
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from './gen/grpc/health/v1/health_pb.js';
import { ColonyService } from './gen/coral/colony/v1/colony_pb.js';

/** Watching needs no token, so their number is bounded. */
const maxWatchers = 64;

/** '' is the server as a whole. All serve or none: they stand on the same store. */
const knownServices: readonly string[] = ['', ColonyService.typeName, Health.typeName];

const statuses: Readonly<Record<Serving, Status>> = {
  serving: Status.SERVING,
  not_serving: Status.NOT_SERVING,
};

/**
 * The handlers of `grpc.health.v1.Health`, which tell what the store answers at that moment.
 *
 * Source: the gRPC health checking protocol: Check of an unknown service is NOT_FOUND, Watch of one
 * says SERVICE_UNKNOWN and stays open.
 */
export function healthService(monitor: HealthMonitor): ServiceImpl<typeof Health> {
  return {
    async check({ service }) {
      if (!knownServices.includes(service)) {
        throw new ConnectError(`There is no service ${JSON.stringify(service)}.`, Code.NotFound);
      }
      return { status: statuses[await monitor.check()] };
    },

    async *watch({ service }, { signal }) {
      if (monitor.watchers >= maxWatchers) {
        throw new ConnectError(`${maxWatchers} watch already.`, Code.ResourceExhausted);
      }
      let told: Status | undefined;
      for await (const state of changes(monitor, signal)) {
        const status = knownServices.includes(service) ? statuses[state] : Status.SERVICE_UNKNOWN;
        if (status !== told) yield { status };
        told = status;
      }
    },
  };
}

/** The monitor's states as they come, until the caller goes or the colony stops. */
async function* changes(monitor: HealthMonitor, signal: AbortSignal): AsyncGenerator<Serving> {
  const states: Serving[] = [];
  let wake: () => void = () => undefined;
  const stop = monitor.watch((state) => {
    states.push(state);
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const state = states.shift();
      if (state !== undefined) yield state;
      else if (monitor.stopped) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop();
  }
}
