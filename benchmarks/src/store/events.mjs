/**
 * Appends events in groups of 10,000, and asks for the recent ones of a service.
 *
 * @param {import('@coral/storage').Database} database
 * @param {number} total
 * @param {(runs: number, read: (run: number) => unknown) => Promise<number>} timeReads
 * @param {(line: string) => void} log
 */
export async function measureEvents(database, total, timeReads, log) {
  const group = 10_000;
  const firstMs = Date.UTC(2025, 0, 1);
  let seconds = 0;
  for (let at = 0; at < total; at += group) {
    const events = Array.from({ length: group }, (_, n) => ({
      timestamp: new Date(firstMs + (at + n) * 250),
      serviceId: `shop/service-${((at + n) * 7) % 50}`,
      eventType: ['deploy', 'restart', 'crash', 'alert'][n % 4],
      details: { version: `1.${at / group}.${n % 10}` },
      ...(n % 10 === 0 ? { correlationGroup: `release-${(at + n) / 10}` } : {}),
    }));
    const startedAt = performance.now();
    await database.recordEvents(events);
    seconds += (performance.now() - startedAt) / 1000;
    if (at % 1_000_000 === 0) log(`${at / 1e6} M events`);
  }
  const recent = await timeReads(50, (run) =>
    database.getRecentEvents(`shop/service-${run % 50}`, 100),
  );
  return [
    {
      what: `events appended, groups of ${group.toLocaleString('en')}`,
      ours: `${Math.round(total / seconds / 1000)} k rows/s`,
      aim: '≥ 50 k rows/s',
    },
    {
      what: `100 recent events of a service, of ${total / 1e6} M, p50`,
      ours: `${recent.toFixed(1)} ms`,
      aim: '≤ 10 ms',
    },
  ];
}
