import { seededRandom } from '@coral/testkit';
import type { SpanColumns } from '../../src/index.js';
import { spanColumns, type TestSpan } from './span-columns.js';

const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);
/** When the stream's receivers say that it is. */
export const spanStreamNow = noon + 40 * minute;

const services = ['shop', 'cart', 'stock', 'mail'] as const;

/**
 * A stream of calls and messages among four services over half an hour, a few spans a request. Of some
 * calls one side never comes, and the two sides of some end in different windows or too far apart.
 */
export function spanChunksOf(seed: number): SpanColumns[] {
  const random = seededRandom(seed);
  const spans: TestSpan[] = [];
  for (let trace = 1; trace <= 400; trace += 1) {
    const isMessage = random.boolean(0.3);
    const [from, to] = [random.pick(services), random.pick(services)];
    const endMs = noon + random.integer(0, 30 * minute);
    // Mostly at once, now and then far apart.
    const apart = random.boolean(0.2) ? random.integer(-20, 20) * minute : random.integer(-50, 50);
    const said = {
      trace,
      protocol: isMessage ? 'kafka' : random.pick(['http', 'grpc']),
      peer: isMessage ? 'orders' : `${to}:80`,
      isError: random.boolean(0.1),
      durationMs: random.integer(1, 2000),
    };
    const caller: TestSpan = {
      ...{ ...said, id: 1, service: from, kind: isMessage ? 'producer' : 'client', endMs },
      name: 'call',
    };
    const called: TestSpan = {
      ...{ ...said, id: 2, parent: 1, service: to, kind: isMessage ? 'consumer' : 'server' },
      peer: isMessage ? 'orders' : '',
      name: `work ${random.integer(1, 3)}`,
      endMs: Math.max(noon, Math.min(noon + 35 * minute, endMs + apart)),
    };
    if (random.boolean(0.85)) spans.push(caller);
    if (random.boolean(0.85)) spans.push(called);
  }
  const shuffled = random.shuffle(spans);
  const chunks: SpanColumns[] = [];
  while (shuffled.length > 0) chunks.push(spanColumns(shuffled.splice(0, random.integer(1, 6))));
  return chunks;
}
