import type { ReaderPool } from '../queries/reader-pool.js';
import { physicalTables } from './retained-tables.js';

/** What a row takes before the first CHECKPOINT wrote any of its table: a guess of its order. */
const unwrittenRowBytes = 100;

/**
 * What a row takes in the file, per table: the blocks that its columns occupy, shared out over the
 * rows that stand in them. Indexes are not counted.
 *
 * Cost: milliseconds; it reads what DuckDB knows of its segments, not the rows.
 */
export async function readBytesPerRow(readers: ReaderPool): Promise<ReadonlyMap<string, number>> {
  const [size] = await readers.query(
    'SELECT block_size FROM pragma_database_size() WHERE database_name = current_database()',
  );
  const blockBytes = Number(size!['block_size']);
  const perRow = new Map<string, number>();
  for (const { name } of physicalTables) {
    const [found] = await readers.query(
      `WITH segments AS (FROM pragma_storage_info('${name}') WHERE persistent AND block_id >= 0)
       SELECT
         (SELECT count(DISTINCT block) FROM (
           SELECT block_id AS block FROM segments
           UNION ALL SELECT unnest(additional_block_ids) FROM segments)) AS blocks,
         (SELECT coalesce(sum(count), 0)::BIGINT FROM segments
           WHERE column_id = 0 AND segment_type <> 'VALIDITY') AS rows`,
    );
    const { blocks, rows } = found as { blocks: number; rows: number };
    perRow.set(name, rows === 0 ? unwrittenRowBytes : (blocks * blockBytes) / rows);
  }
  return perRow;
}
