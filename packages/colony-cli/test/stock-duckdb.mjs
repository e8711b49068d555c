// Stands for any other program that opens a stopped colony's file: the stock driver and nothing of
// ours. Prints the rows of each statement as one line of JSON.
// usage: node stock-duckdb.mjs <file> <statement>...
import { DuckDBInstance } from '@duckdb/node-api';

const [path, ...statements] = process.argv.slice(2);
const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
const connection = await instance.connect();
for (const statement of statements) {
  const reader = await connection.runAndReadAll(statement);
  console.log(JSON.stringify(reader.getRowObjectsJson()));
}
connection.closeSync();
instance.closeSync();
