import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { dayMs, firstDayMs, metricName, serviceName } from './service-days.mjs';

const version = '12.11.1';
const folder = fileURLToPath(new URL('../../.peers/', import.meta.url));

/**
 * SQLite through better-sqlite3 with the same schema: key, indexes, replace on conflict, and a
 * commit that is on the disk before it returns. The package is installed at the first use, beside
 * the project's own dependencies.
 *
 * @param {string} file
 * @returns undefined where it cannot be installed
 */
export function sqlitePeer(file) {
  const Database = loadSqlite();
  if (!Database) return undefined;
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    CREATE TABLE metric_summaries (timestamp INTEGER NOT NULL, service_id TEXT NOT NULL,
      metric_name TEXT NOT NULL, interval TEXT NOT NULL, p50 REAL, p95 REAL, p99 REAL, mean REAL,
      max REAL, count INTEGER, PRIMARY KEY (timestamp, service_id, metric_name, interval));
    CREATE INDEX idx_metric_summaries_service_id ON metric_summaries(service_id);
    CREATE INDEX idx_metric_summaries_metric_name ON metric_summaries(metric_name);`);
  const insert = database.prepare(
    'INSERT OR REPLACE INTO metric_summaries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertAll = database.transaction((/** @type {any[]} */ rows) => {
    for (const row of rows) {
      insert.run(
        row.timestamp.getTime(),
        row.serviceId,
        row.metricName,
        row.interval,
        row.p50,
        row.p95,
        row.p99,
        row.mean,
        row.max,
        row.count,
      );
    }
  });
  const seriesDay = database.prepare(
    `SELECT * FROM metric_summaries WHERE service_id = ? AND metric_name = ? AND interval = '5m'
       AND timestamp >= ? AND timestamp < ? ORDER BY timestamp`,
  );
  const metricWeek = database.prepare(
    `SELECT timestamp / 3600000 AS hour, service_id, avg(mean), max(p95) FROM metric_summaries
     WHERE metric_name = ? AND interval = '5m' AND timestamp >= ? AND timestamp < ? GROUP BY 1, 2`,
  );
  return {
    /** @param {any[]} rows */
    insert: (rows) => insertAll(rows),
    checkpoint: () => database.pragma('wal_checkpoint(TRUNCATE)'),
    sizeBytes: () => statSync(file).size,
    /** @param {number} n @param {number} day */
    seriesDay: (n, day) =>
      seriesDay.all(
        serviceName(n),
        metricName(n),
        firstDayMs + day * dayMs,
        firstDayMs + (day + 1) * dayMs,
      ),
    /** @param {number} n @param {number} day */
    metricWeek: (n, day) =>
      metricWeek.all(metricName(n), firstDayMs + (day - 6) * dayMs, firstDayMs + (day + 1) * dayMs)
        .length,
    close: () => database.close(),
  };
}

function loadSqlite() {
  const entry = `${folder}node_modules/better-sqlite3`;
  try {
    if (!existsSync(entry)) {
      mkdirSync(folder, { recursive: true });
      const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund'];
      execFileSync('npm', [...args, `better-sqlite3@${version}`], { stdio: 'ignore' });
    }
    return createRequire(import.meta.url)(entry);
  } catch (reason) {
    console.error(`without SQLite: better-sqlite3 ${version} cannot be installed (${reason})`);
    return undefined;
  }
}
