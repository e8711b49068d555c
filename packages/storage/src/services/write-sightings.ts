import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import { writeAutomaticEvents, type AutomaticEvent } from '../events/automatic-events.js';
import type { ServiceRow } from '../writes/services.js';
import { judgeInstance, type InstanceState } from './judge-instance.js';
import { restartEvents, type EndedProcess } from './restart-events.js';
import type { FoldedSightings, NoteworthySighting, ServiceFold } from './service-fold.js';

const upsertServicesSql = `
INSERT INTO services
SELECT id, name, app_id, version, agent_id, labels, make_timestamp(last_us), status
FROM ${fromJsonRows({
  id: 'VARCHAR',
  name: 'VARCHAR',
  app_id: 'VARCHAR',
  version: 'VARCHAR',
  agent_id: 'VARCHAR',
  labels: 'VARCHAR',
  last_us: 'BIGINT',
  status: 'VARCHAR',
})}
ON CONFLICT (id) DO UPDATE SET
  name = excluded.name, app_id = excluded.app_id, agent_id = excluded.agent_id,
  labels = excluded.labels,
  version = coalesce(services.version, excluded.version),
  last_seen = greatest(services.last_seen, excluded.last_seen),
  -- Telemetry shows that a service lives; whether it is in error others decide.
  status = CASE WHEN services.status = 'stopped' AND excluded.last_seen > services.last_seen
    THEN excluded.status ELSE services.status END`;

const upsertInstancesSql = `
INSERT INTO service_instances (service_id, instance, version, started_at, newest_time, first_seen, last_seen)
SELECT service_id, instance, version, make_timestamp(started_us), make_timestamp(newest_us),
  make_timestamp(last_us), make_timestamp(last_us)
FROM ${fromJsonRows({
  service_id: 'VARCHAR',
  instance: 'VARCHAR',
  version: 'VARCHAR',
  started_us: 'BIGINT',
  newest_us: 'BIGINT',
  last_us: 'BIGINT',
})}
ON CONFLICT (service_id, instance) DO UPDATE SET
  version = coalesce(excluded.version, service_instances.version),
  started_at = coalesce(greatest(excluded.started_at, service_instances.started_at), excluded.started_at, service_instances.started_at),
  newest_time = greatest(excluded.newest_time, service_instances.newest_time),
  last_seen = greatest(excluded.last_seen, service_instances.last_seen),
  replaced_by = NULL`;

const foldInstancesSql = `
UPDATE service_instances SET
  newest_time = greatest(newest_time, make_timestamp(seen.newest_us)),
  last_seen = greatest(last_seen, make_timestamp(seen.last_us)),
  replaced_by = NULL
FROM ${fromJsonRows({
  service_id: 'VARCHAR',
  instance: 'VARCHAR',
  newest_us: 'BIGINT',
  last_us: 'BIGINT',
})} AS seen
WHERE service_instances.service_id = seen.service_id AND service_instances.instance = seen.instance`;

const instancesSql = `
SELECT instance, coalesce(version, '') AS version, coalesce(epoch_us(started_at), 0) AS started_us,
  epoch_us(newest_time) AS newest_us, epoch_us(first_seen) AS first_us, epoch_us(last_seen) AS last_us,
  coalesce(epoch_us(last_error_at), 0) AS error_us, coalesce(last_error, '') AS last_error
FROM service_instances WHERE service_id = ?`;

/** Start times that are older than this, or later than now, are not when an event happened. µs */
const believableUs = 3_600_000_000;

/** Writes what was folded: some services and processes are still alive. */
export async function writeFolded(
  connection: Connection,
  { services, instances }: FoldedSightings,
): Promise<void> {
  if (services.length > 0) await connection.run(upsertServicesSql, [serviceRows(services)]);
  if (instances.length === 0) return;
  await connection.run(foldInstancesSql, [
    JSON.stringify(
      instances.map(({ serviceId, instance, newestUs, lastSeenUs }) => ({
        service_id: serviceId,
        instance,
        newest_us: newestUs,
        last_us: lastSeenUs,
      })),
    ),
  ]);
}

/**
 * Judges sightings against the file, and writes what they mean: services, processes, and the events
 * `deploy`, `restart` and `crash`. What is in the file already makes no event again.
 */
export async function writeNoteworthy(
  connection: Connection,
  sightings: readonly NoteworthySighting[],
  fold: ServiceFold,
  aliveUs: number,
): Promise<void> {
  const events: AutomaticEvent[] = [];
  for (const { row, instance, startedUs, newestUs } of sightings) {
    const nowUs = row.lastSeen.getTime() * 1000;
    const known = await readInstances(connection, row.id, fold);
    const [service] = await connection.query('SELECT version FROM services WHERE id = ?', [row.id]);
    const verdict = judgeInstance(
      known,
      { instance, version: row.version ?? '', startedUs, newestUs, atUs: nowUs },
      (service?.['version'] as string | undefined) ?? '',
      aliveUs,
    );
    await connection.run(upsertServicesSql, [serviceRows([row])]);
    if (verdict.isStale) continue;
    const atUs = believable(startedUs, nowUs);
    if (verdict.deploy) {
      const { from, to } = verdict.deploy;
      await connection.run('UPDATE services SET version = ? WHERE id = ?', [to, row.id]);
      events.push({
        timestampUs: atUs,
        serviceId: row.id,
        eventType: 'deploy',
        details: { reason: 'version_changed', from, to, ...(instance === '' ? {} : { instance }) },
      });
    }
    const mine = known.find((one) => one.instance === instance);
    if (verdict.restart && mine) {
      events.push(
        ...(await restartEvents(connection, {
          serviceId: row.id,
          ended: mine,
          instance,
          reason: 'started_again',
          atUs,
          startedUs: verdict.restart.startedUs,
        })),
      );
    }
    await connection.run(upsertInstancesSql, [
      JSON.stringify([
        {
          service_id: row.id,
          instance,
          version: row.version,
          started_us: startedUs === 0 ? undefined : startedUs,
          newest_us: newestUs,
          last_us: nowUs,
        },
      ]),
    ]);
  }
  await writeAutomaticEvents(connection, events);
}

/** The processes of a service, as the file and what was folded since know them. */
async function readInstances(
  connection: Connection,
  serviceId: string,
  fold: ServiceFold,
): Promise<(InstanceState & EndedProcess)[]> {
  return (await connection.query(instancesSql, [serviceId])).map((row) => {
    const instance = row['instance'] as string;
    return {
      instance,
      version: row['version'] as string,
      startedUs: row['started_us'] as number,
      newestUs: Math.max(row['newest_us'] as number, fold.newestUs(serviceId, instance)),
      firstSeenUs: row['first_us'] as number,
      lastSeenUs: Math.max(row['last_us'] as number, fold.lastSeenUs(serviceId, instance)),
      lastErrorUs: row['error_us'] as number,
      lastError: row['last_error'] as string,
    };
  });
}

function believable(startedUs: number, nowUs: number): number {
  return startedUs > nowUs - believableUs && startedUs <= nowUs ? startedUs : nowUs;
}

function serviceRows(rows: readonly ServiceRow[]): string {
  return JSON.stringify(
    rows.map(({ id, name, appId, version, agentId, labels, lastSeen, status }) => ({
      id,
      name,
      app_id: appId,
      version,
      agent_id: agentId,
      labels,
      last_us: lastSeen.getTime() * 1000,
      status,
    })),
  );
}
