import { onTestEnd } from '@coral/testkit';
import type { Connection } from '../../src/duckdb/connection.js';
import { Instance } from '../../src/duckdb/instance.js';

/** A connection to a bare instance, for one test. @param path default: in memory */
export async function connect(path = ':memory:'): Promise<Connection> {
  const instance = await Instance.open(path, { memoryLimitBytes: 64 * 1024 ** 2, threads: 1 });
  const connection = await instance.connect();
  onTestEnd(() => {
    connection.close();
    instance.close();
  });
  return connection;
}
