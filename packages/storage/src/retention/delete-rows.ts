import type { Connection } from '../duckdb/connection.js';
import type { Store } from '../store.js';
import type { Condition } from './condition.js';
import type { PhysicalTable } from './retained-tables.js';
import { writeTrashFile } from './trash-folder.js';

/** Where deleted rows go. */
export interface TrashTarget {
  readonly runId: string;
  /** The rule in a line. */
  readonly rule: string;
  readonly deletedAt: Date;
}

/** Which rows are to be deleted, from where. */
export interface Deletion {
  readonly table: PhysicalTable;
  /** The column that their age is counted from. */
  readonly age: string;
  readonly condition: Condition;
  /** Absent: they are gone at once. */
  readonly trash?: TrashTarget | undefined;
}

/**
 * One bounded step: copies rows to a file of the trash, brings the file to the disk, and deletes
 * exactly those rows together with the file's entry in the manifest, in one transaction of its own.
 * Killed at any point it has done all or nothing; a file without its entry is swept away later.
 *
 * @returns rows deleted; fewer than the table's step when these were the last
 */
export function deleteStep(store: Store, deletion: Deletion): Promise<number> {
  const { table, condition, trash } = deletion;
  return store.write(
    async (connection) => {
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE retiring AS
         SELECT rowid AS retiring_rowid, * FROM ${table.name}
         WHERE ${condition.sql} LIMIT ${table.stepRows}`,
        condition.parameters,
      );
      const [counted] = await connection.query('SELECT count(*) AS n FROM retiring');
      const rows = counted!['n'] as number;
      if (rows > 0 && trash) await copyToTrash(store, connection, deletion, trash, rows);
      await connection.execute(
        `DELETE FROM ${table.name} WHERE rowid IN (SELECT retiring_rowid FROM retiring);
         DROP TABLE temp.retiring`,
      );
      return rows;
    },
    { alone: true, frees: trash ? 'file' : 'disk' },
  );
}

async function copyToTrash(
  store: Store,
  connection: Connection,
  { table, age }: Deletion,
  { runId, rule, deletedAt }: TrashTarget,
  rows: number,
): Promise<void> {
  const [next] = await connection.query(
    'SELECT count(*) AS n FROM retention_trash WHERE run_id = ?',
    [runId],
  );
  const file = `${runId}.${String(next!['n'] as number).padStart(6, '0')}.${table.name}.parquet`;
  const bytes = await writeTrashFile(
    store,
    connection,
    file,
    table.readableSql?.('retiring') ?? 'SELECT * EXCLUDE (retiring_rowid) FROM retiring',
  );
  await connection.run(
    `INSERT INTO retention_trash
     SELECT ?, ?, ?, ?, ?, ?, min(${age}), max(${age}), ? FROM retiring`,
    [file, runId, table.name, rule, rows, bytes, deletedAt],
  );
}
