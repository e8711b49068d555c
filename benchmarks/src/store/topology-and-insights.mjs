/**
 * A topology of 200 services and 1,000 edges, and 50 active insights among 1,000.
 *
 * @param {import('@coral/storage').Database} database
 * @param {(runs: number, read: () => unknown) => Promise<number>} timeReads
 */
export async function topologyAndInsights(database, timeReads) {
  const id = (/** @type {number} */ n) => `shop/service-${n % 200}`;
  await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      database.upsertService({ id: id(n), name: id(n), appId: 'shop', agentId: 'bench' }),
    ),
  );
  await database.observeConnections(
    Array.from({ length: 1_000 }, (_, n) => ({
      fromService: id(n),
      toService: id(n * 7 + Math.floor(n / 200)),
      protocol: n % 2 ? 'http' : 'grpc',
    })),
  );
  const insights = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) =>
      database.createInsight({
        insightType: 'anomaly',
        priority: 'low',
        title: `Insight ${n}`,
        summary: 'p95 is three times its baseline.',
      }),
    ),
  );
  await Promise.all(insights.slice(50).map((insight) => database.resolveInsight(insight)));
  return [
    {
      what: 'topology, 200 services, 1,000 edges',
      time: await timeReads(50, () => database.getServiceTopology()),
    },
    {
      what: '50 active insights of 1,000',
      time: await timeReads(50, () => database.getActiveInsights()),
    },
  ];
}
