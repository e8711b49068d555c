import { describe, expect, it } from '@jest/globals';
import { manualClock, seededRandom, useTempDir } from '@coral/testkit';
import { errorsFrom, loggedErrors } from '../../test/support/logged-errors.js';
import { rows } from '../../test/support/look-ups.js';
import { openStore } from '../../test/support/open-store.js';
import type { Database, LoggedErrors } from '../index.js';

const dir = useTempDir();
const open = (seconds = 0) => openStore(dir, { now: manualClock(errorsFrom + seconds * 1000).now });

let requests = 0;
const record = (database: Database, ...errors: LoggedErrors[]) =>
  database.recordErrors(errors, `request ${++requests}`);

/** Oldest first, without ids. */
const eventsOf = async (database: Database) =>
  (await database.listEvents())
    .reverse()
    .map(({ id: _, timestamp, ...event }) => ({ at: (+timestamp - errorsFrom) / 1000, ...event }));
const reasonsOf = async (database: Database) =>
  (await eventsOf(database)).map(({ details }) => details!['reason']);

describe('errors that services log', () => {
  it('make an alert the first time, and none when they come again', async () => {
    const database = await open();
    const error = { exceptionType: 'TypeError', traceId: 'ab'.repeat(16) };
    expect(await record(database, loggedErrors({ ...error, second: 5, count: 3 }))).toEqual({
      accepted: 3,
      rejected: [],
    });
    await record(database, loggedErrors({ ...error, second: 70 }));
    expect(await eventsOf(database)).toEqual([
      {
        at: 5,
        serviceId: 'cart',
        eventType: 'alert',
        details: {
          reason: 'new_error',
          fingerprint: 'print of order # failed',
          message: 'order 7 failed',
          exceptionType: 'TypeError',
          instance: 'one',
          traceId: 'ab'.repeat(16),
        },
      },
    ]);
  });

  it('are known across restarts', async () => {
    const first = await open();
    await record(first, loggedErrors());
    await first.close();
    const database = await open();
    await record(database, loggedErrors({ second: 1 }), loggedErrors({ template: 'other' }));
    expect(await reasonsOf(database)).toEqual(['new_error', 'new_error']);
  });

  it('are counted once when their request comes again', async () => {
    const database = await open();
    const errors = [
      loggedErrors({ count: 30 }),
      loggedErrors({ severity: 'fatal', template: 'x' }),
    ];
    for (let i = 0; i < 3; i++) await database.recordErrors(errors, 'the same');
    await Promise.all([1, 2].map(() => database.recordErrors(errors, 'the same')));
    expect(await eventsOf(database)).toMatchObject([
      { eventType: 'alert', details: { reason: 'new_error' } },
      { eventType: 'crash', details: { reason: 'fatal_log', count: 1 } },
      { eventType: 'alert', details: { reason: 'error_burst', count: 31 } },
    ]);
    expect(await rows(database, 'SELECT sum(count)::INTEGER FROM log_errors')).toEqual([[31]]);
  });

  it('make one alert for a burst, which is brought up to date while it lasts', async () => {
    const database = await open(600);
    await record(database, loggedErrors({ second: 30, count: 25 }));
    await record(database, loggedErrors({ second: 70, count: 40 }));
    await record(database, loggedErrors({ second: 90, count: 10 }));
    await record(database, loggedErrors({ second: 130, count: 5 }));
    const [, burst, ...others] = await eventsOf(database);
    expect(others).toEqual([]);
    expect(burst).toEqual({
      at: 30,
      serviceId: 'cart',
      eventType: 'alert',
      correlationGroup: 'trouble:2026-01-01T12:00:30Z:cart',
      details: {
        reason: 'error_burst',
        count: 75,
        peakPerMinute: 50,
        usualPerMinute: 0,
        until: '2026-01-01T12:02:00.000Z',
        fingerprint: 'print of order # failed',
        message: 'order 7 failed',
        instance: 'one',
      },
    });
  });

  it('make another burst when it was quiet for more than five minutes', async () => {
    const database = await open(600);
    await record(database, loggedErrors({ count: 25 }));
    await record(database, loggedErrors({ second: 360, count: 25 }));
    expect(await reasonsOf(database)).toEqual(['new_error', 'error_burst', 'error_burst']);
  });

  it('make a crash when they are fatal, one for those of an instance within minutes', async () => {
    const database = await open(900);
    const fatal = { severity: 'fatal', template: 'out of memory' } as const;
    await record(database, loggedErrors({ ...fatal, second: 10 }));
    await record(database, loggedErrors({ ...fatal, second: 12, count: 2 }));
    await record(database, loggedErrors({ ...fatal, second: 11, instance: 'two' }));
    await record(database, loggedErrors({ ...fatal, second: 400 }));
    expect(await eventsOf(database)).toMatchObject([
      { at: 10, eventType: 'crash', details: { reason: 'fatal_log', count: 3, instance: 'one' } },
      { at: 11, eventType: 'crash', details: { count: 1, instance: 'two' } },
      { at: 400, eventType: 'crash', details: { count: 1, instance: 'one' } },
    ]);
  });

  it('that are new by the dozen make ten alerts, and one for the rest', async () => {
    const database = await open();
    const many = Array.from({ length: 30 }, (_, i) =>
      loggedErrors({ template: `error ${i}`, second: i % 7 }),
    );
    await record(database, ...many.slice(0, 15));
    await record(database, ...many.slice(15));
    const events = (await eventsOf(database)).map(({ details }) => details!);
    const reasons = events.map((details) => details['reason']);
    expect(reasons.filter((reason) => reason === 'new_error')).toHaveLength(10);
    expect(events.filter((details) => details['reason'] === 'many_new_errors')).toEqual([
      {
        reason: 'many_new_errors',
        count: 20,
        from: '2026-01-01T12:00:00.000Z',
        to: '2026-01-01T12:10:00.000Z',
      },
    ]);
  });

  it('share a group with errors of the same trace', async () => {
    const database = await open();
    const traceId = 'cd'.repeat(16);
    await record(database, loggedErrors({ traceId }));
    await record(database, loggedErrors({ traceId, serviceId: 'pay', second: 3 }));
    expect((await eventsOf(database)).map((event) => event.correlationGroup)).toEqual([
      `trace:${traceId}`,
      `trace:${traceId}`,
    ]);
  });

  it('share a group with the trouble of a service that they talk to, and join a deploy', async () => {
    const database = await open();
    await database.observeConnection({ fromService: 'cart', toService: 'pay', protocol: 'http' });
    await record(database, loggedErrors({ second: 20 }));
    await record(database, loggedErrors({ second: 30, serviceId: 'pay' }));
    await record(database, loggedErrors({ second: 30, serviceId: 'mail' }));
    await database.recordEvent({
      serviceId: 'pay',
      eventType: 'deploy',
      timestamp: new Date(errorsFrom),
      correlationGroup: 'release-42',
    });
    await record(database, loggedErrors({ second: 31, serviceId: 'pay', template: 'other' }));
    const groups = (await eventsOf(database))
      .filter(({ eventType }) => eventType === 'alert')
      .map(({ serviceId, correlationGroup }) => [serviceId, correlationGroup]);
    expect(groups).toEqual([
      ['cart', 'release-42'],
      ['pay', 'release-42'],
      ['mail', undefined],
      ['pay', 'release-42'],
    ]);
  });

  it('are refused when they are too old, too new or cannot be stored', async () => {
    const database = await open();
    const result = await record(
      database,
      loggedErrors({ second: -3601, count: 2 }),
      loggedErrors({ second: 601 }),
      loggedErrors({ serviceId: '' }),
      loggedErrors({ message: 'a\0b' }),
      loggedErrors({ second: -3599 }),
    );
    expect(result).toEqual({
      accepted: 1,
      rejected: [
        { reason: 'older than 3600 s', count: 2 },
        { reason: 'more than 600 s in the future', count: 1 },
        { reason: 'a name or text that cannot be stored', count: 2 },
      ],
    });
  });

  it('come to the same counts, however they are split, shuffled, repeated and batched', async () => {
    const random = seededRandom();
    const errors = Array.from({ length: 120 }, (_, i) =>
      loggedErrors({
        second: random.integer(0, 599) + i / 1000,
        template: random.pick(['a', 'b', 'c']),
        serviceId: random.pick(['cart', 'pay']),
        count: random.integer(1, 8),
      }),
    );
    const portions: LoggedErrors[][] = [];
    const shuffled = [...errors].sort(() => random.next() - 0.5);
    while (shuffled.length > 0) portions.push(shuffled.splice(0, random.integer(1, 9)));
    const once = await openStore(dir, { colonyId: 'once-dev', now: () => errorsFrom + 600_000 });
    await once.recordErrors(errors, 'all');
    const often = await openStore(dir, { colonyId: 'often-dev', now: () => errorsFrom + 600_000 });
    const sends = portions.flatMap(
      (portion, i) => Array(random.integer(1, 3)).fill([portion, i]) as [LoggedErrors[], number][],
    );
    await Promise.all(sends.map(([portion, i]) => often.recordErrors(portion, `portion ${i}`)));
    for (const sql of [
      'SELECT service_id, fingerprint, first_seen, last_seen, count, message FROM log_errors ORDER BY ALL',
      'SELECT * FROM log_error_minutes ORDER BY ALL',
    ]) {
      expect(await rows(often, sql)).toEqual(await rows(once, sql));
    }
    const newErrors = async (database: Database) =>
      (await database.listEvents({ eventType: 'alert' })).filter(
        ({ details }) => details!['reason'] === 'new_error',
      ).length;
    expect(await newErrors(often)).toBe(await newErrors(once));
  });

  it('are not lost for others when a write is refused', async () => {
    const database = await open();
    await record(database, loggedErrors());
    await database.close();
    await expect(record(database, loggedErrors())).rejects.toMatchObject({
      code: 'STORAGE_NOT_OPEN',
    });
    const again = await open();
    await record(again, loggedErrors({ template: 'x' }));
    expect(await reasonsOf(again)).toEqual(['new_error', 'new_error']);
  });
});
