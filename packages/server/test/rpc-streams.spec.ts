import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import { BadRequestSchema, ColonyService, ErrorInfoSchema } from '../src/index.js';
import { MetricInterval } from '../src/rpc/gen/coral/colony/v1/colony_pb.js';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

const transports = {
  gRPC: (baseUrl: string) => createGrpcTransport({ baseUrl }),
  'Connect over HTTP/2': (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: '2' }),
};

function clientOf(colony: TestColony, name: keyof typeof transports = 'gRPC') {
  return createClient(ColonyService, transports[name](colony.url));
}

const windowMs = 300_000;

/** Summaries of as many windows as asked for, from a base on; about 60 bytes each. */
function summaries(base: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    timestamp: timestampFromDate(new Date((base + index) * windowMs)),
    serviceId: 'cart',
    metricName: 'queue.depth',
    interval: MetricInterval.METRIC_INTERVAL_5M,
    mean: index,
    count: 5,
  }));
}

/** The newest of so many windows. */
function newestWindows(count: number): number {
  return Math.floor(Date.now() / windowMs) - count;
}

async function* messagesOf<T>(messages: readonly T[]): AsyncGenerator<T> {
  yield* messages;
}

describe.each(Object.keys(transports) as (keyof typeof transports)[])('streams over %s', (name) => {
  it('answer each message after its commit, while the call goes on', async () => {
    const colony = await startColony();
    const client = clientOf(colony, name);
    let release: () => void = () => undefined;
    const firstStored = new Promise<void>((resolve) => (release = resolve));
    async function* events() {
      yield { events: [{ serviceId: 'cart', eventType: 'deploy' }] };
      await firstStored;
      yield { events: [1, 2].map(() => ({ serviceId: 'cart', eventType: 'restart' })) };
    }
    const ids: number[][] = [];
    for await (const answer of client.streamEvents(events(), { headers: colony.auth })) {
      ids.push(answer.ids);
      // It is on disk although the caller has more to say.
      expect(await colony.database.listEvents()).toHaveLength(ids.flat().length);
      release();
    }
    expect(ids.map((each) => each.length)).toEqual([1, 2]);
    expect(new Set(ids.flat()).size).toBe(3);
  });

  it('carry summaries and connections too', async () => {
    const colony = await startColony();
    const client = clientOf(colony, name);
    const base = newestWindows(60);
    const batches = [0, 1, 2].map((batch) => ({ summaries: summaries(base + batch * 20, 20) }));
    const stored: number[] = [];
    const options = { headers: colony.auth };
    for await (const answer of client.streamMetricSummaries(messagesOf(batches), options)) {
      stored.push(answer.stored);
    }
    expect(stored).toEqual([20, 20, 20]);
    const listed = await colony.database.listMetricSummaries({ serviceId: 'cart' });
    expect(listed).toHaveLength(60);

    const seen = { connections: [{ fromService: 'cart', toService: 'db', protocol: 'sql' }] };
    for await (const answer of client.streamConnections(messagesOf([seen, seen]), options)) {
      expect(answer.stored).toBe(1);
    }
    const { connections } = await colony.database.getServiceTopology();
    expect(connections).toMatchObject([{ fromService: 'cart', connectionCount: 2 }]);
  });

  it('end with the error of the message that cannot be stored; those before it stay', async () => {
    const colony = await startColony();
    const client = clientOf(colony, name);
    const event = { serviceId: 'cart', eventType: 'deploy' };
    const messages = [
      { events: [event] },
      { events: [event, { ...event, serviceId: '' }] },
      { events: [event] },
    ];
    let answers = 0;
    let failure: ConnectError | undefined;
    try {
      const stream = client.streamEvents(messagesOf(messages), { headers: colony.auth });
      for await (const answer of stream) answers += answer.ids.length;
    } catch (reason) {
      failure = ConnectError.from(reason);
    }
    expect(failure?.code).toBe(Code.InvalidArgument);
    expect(failure?.findDetails(ErrorInfoSchema)).toMatchObject([
      { reason: 'SERVER_INPUT_INVALID', domain: 'coral' },
    ]);
    expect(failure?.findDetails(BadRequestSchema)).toMatchObject([
      { fieldViolations: [{ field: 'events[1].service_id' }] },
    ]);
    expect(answers).toBe(1);
    expect(await colony.database.listEvents()).toHaveLength(1);
  });

  it('need the token', async () => {
    const colony = await startColony();
    const stream = clientOf(colony, name).streamEvents(messagesOf([]));
    const failure = await stream[Symbol.asyncIterator]()
      .next()
      .catch((reason: unknown) => ConnectError.from(reason));
    expect(failure).toMatchObject({ code: Code.Unauthenticated });
  });
});

describe('a stream', () => {
  it('holds up a caller that sends faster than the colony stores', async () => {
    const colony = await startColony();
    const count = 25;
    const base = newestWindows(10_000);
    // The same windows again and again: what is measured is the way in, not the table's size.
    const message = { summaries: summaries(base, 10_000) };
    let sent = 0;
    let stored = 0;
    let furthestAhead = 0;
    async function* flood() {
      for (; sent < count; sent++) {
        furthestAhead = Math.max(furthestAhead, sent - stored);
        yield message;
      }
    }
    const stream = clientOf(colony).streamMetricSummaries(flood(), { headers: colony.auth });
    for await (const answer of stream) {
      expect(answer.stored).toBe(10_000);
      stored += 1;
    }
    expect(stored).toBe(count);
    // One is stored, one waits in the colony, one in the sender's own buffer, one is made.
    expect(furthestAhead).toBeLessThanOrEqual(5);
    expect(furthestAhead).toBeGreaterThan(0);
  }, 120_000);

  it('that breaks leaves what was answered, and the colony serves on', async () => {
    const colony = await startColony();
    const client = clientOf(colony);
    const broken = new AbortController();
    async function* events() {
      yield { events: [{ serviceId: 'cart', eventType: 'deploy' }] };
      await new Promise(() => undefined);
    }
    const options = { headers: colony.auth, signal: broken.signal };
    let answers = 0;
    await expect(
      (async () => {
        for await (const answer of client.streamEvents(events(), options)) {
          answers += answer.ids.length;
          broken.abort();
        }
      })(),
    ).rejects.toMatchObject({ code: Code.Canceled });
    expect(answers).toBe(1);
    expect(await colony.database.listEvents()).toHaveLength(1);
    const again = await client.recordEvents(
      { events: [{ serviceId: 'cart', eventType: 'restart' }] },
      { headers: colony.auth },
    );
    expect(again.ids).toHaveLength(1);
    expect(colony.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
