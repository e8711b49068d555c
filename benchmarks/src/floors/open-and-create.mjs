// The least that makes a colony's file: node, the driver, and the DDL in one transaction.
// Arguments: the file, a JSON array of statements.
import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync } from 'node:fs';

const [file, statements] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
await connection.run('BEGIN');
for (const statement of JSON.parse(readFileSync(statements, 'utf8'))) {
  await connection.run(statement);
}
await connection.run('COMMIT');
process.on('SIGTERM', () => {
  void connection.run('CHECKPOINT').then(() => process.exit(0));
});
console.log('ready');
setInterval(() => undefined, 60_000);
