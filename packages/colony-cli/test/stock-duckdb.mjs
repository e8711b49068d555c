// Stands for any other program that opens a stopped colony's file: the stock driver and nothing of
// ours. Prints the rows of each statement as one line of JSON.
// usage: node stock-duckdb.mjs [--write] <file> <statement>...
import { DuckDBInstance } from '@duckdb/node-api';

const writes = process.argv[2] === '--write';
const [path, ...statements] = process.argv.slice(writes ? 3 : 2);
const access_mode = writes ? 'READ_WRITE' : 'READ_ONLY';
const instance = await DuckDBInstance.create(path, { access_mode });
const connection = await instance.connect();
for (const statement of statements) {
  const reader = await connection.runAndReadAll(statement);
  console.log(JSON.stringify(reader.getRowObjectsJson()));
}
connection.closeSync();
instance.closeSync();
