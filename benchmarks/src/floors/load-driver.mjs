// Node with the driver loaded and an empty database open: what any such program weighs.
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(process.argv[2]);
const connection = await instance.connect();
await connection.run('SELECT 1');
process.on('SIGTERM', () => process.exit(0));
console.log('ready');
setInterval(() => undefined, 60_000);
