import { DuckDBInstance } from '@duckdb/node-api';
import { createInterface } from 'node:readline';

/**
 * Tries files as another process's DuckDB would, one line of input each: `probe <path>` answers
 * `locked <pid>` or `free`; `hold <path>` keeps the file and answers `holding`.
 */
for await (const line of createInterface({ input: process.stdin })) {
  const [, verb, path] = /^(\w+) (.+)$/.exec(line) ?? [];
  try {
    const instance = await DuckDBInstance.create(path!);
    if (verb === 'probe') instance.closeSync();
    console.log(verb === 'probe' ? 'free' : 'holding');
  } catch (reason) {
    console.log(
      `locked ${/PID (\d+)/.exec(String((reason as Error).message))?.[1] ?? String(reason)}`,
    );
  }
}
