import { openDatabase } from '@coral/storage';
import type { Database } from '@coral/storage';
import { onTestEnd, useTempDir } from '@coral/testkit';
import { startServer } from '../src/index.js';
import type { Logger, RunningServer, StartServerOptions } from '../src/index.js';

/** One line that the server logged. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** A real store and a real server over it, for one test. */
export interface TestColony {
  readonly database: Database;
  readonly server: RunningServer;
  readonly url: string;
  readonly token: string;
  /** `{ authorization: 'Bearer …' }`. */
  readonly auth: { readonly authorization: string };
  readonly log: LogLine[];
  /** POSTs JSON with the token. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Asks over `/api/v1/sql`; rows of the whole answer. @throws when it does not end well */
  sql(query: string): Promise<unknown[][]>;
}

const token = 'test-token-0123456789abcdef';

/** Starts a colony on free ports; it is closed and its directory removed when the test ends. */
export async function startColony(options: Partial<StartServerOptions> = {}): Promise<TestColony> {
  const dir = useTempDir();
  const log: LogLine[] = [];
  const logger = collectingLogger(log);
  const database = await openDatabase({
    storagePath: dir.path,
    colonyId: 'test-dev-000000',
    logger,
  });
  onTestEnd(() => database.close());
  const server = await startServer({
    database,
    token,
    host: '127.0.0.1',
    port: 0,
    loopbackWithoutToken: false,
    logger,
    version: '0.0.0-test',
    colonyId: 'test-dev-000000',
    closeGraceMs: 500,
    ...options,
  });
  onTestEnd(() => server.close());
  const url = `http://127.0.0.1:${server.address.port}`;
  const auth = { authorization: `Bearer ${token}` };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...auth, ...headers },
      body: JSON.stringify(body),
    });
  const sql = async (query: string): Promise<unknown[][]> => {
    const response = await post('/api/v1/sql', { sql: query });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as SqlLine);
    if (lines.at(-1)?.end === undefined) throw new Error(text);
    return lines.flatMap(({ rows }) => rows ?? []);
  };
  return { database, server, url, token, auth, log, post, sql };
}

interface SqlLine {
  readonly rows?: unknown[][];
  readonly end?: { readonly rows: number; readonly truncated: boolean };
}

/** A logger that keeps its lines. */
export function collectingLogger(lines: LogLine[]): Logger {
  const at = (level: LogLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, fields: fields as Record<string, unknown>, message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
