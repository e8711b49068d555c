import { DuckDBInstance } from '@duckdb/node-api';

/** Opens and closes a file with DuckDB alone, touching nothing: what a stock tool does. */
const instance = await DuckDBInstance.create(process.argv[2]!);
const connection = await instance.connect();
await connection.run('SELECT 1');
connection.closeSync();
instance.closeSync();
