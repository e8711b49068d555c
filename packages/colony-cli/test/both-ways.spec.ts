// Every question gives the same answer from a stopped colony's file and from the running colony.
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { spawnProcess } from '@coral/testkit';
import type { CoralResult } from './use-coral.js';
import { coralPath, useCoral } from './use-coral.js';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 31, 12, minute));

const wholeHour = ['--from', '2026-01-31T12:00:00Z', '--to', '2026-01-31T13:00:00Z'] as const;

const questions: readonly (readonly string[])[] = [
  ['services'],
  ['services', '--status', 'error'],
  ['services', '--limit', '1'],
  ['events'],
  ['events', 'list', '--service', 'shop/api', '--type', 'deploy'],
  ['events', '--group', 'release-7'],
  ['events', '--since', '2026-01-31T12:02:00Z', '--limit', '2'],
  ['insights'],
  ['insights', '--status', 'all', '--priority', 'low'],
  ['topology'],
  ['topology', '--service', 'shop/db'],
  ['metrics'],
  ['metrics', 'shop/api'],
  ['metrics', 'shop/api', 'http.duration'],
  ['metrics', 'shop/api', 'http.duration', '--since', '2026-01-31T12:05:00Z', '--limit', '1'],
  ['metrics', '--interval', '1h'],
  ['metrics', 'shop/api', 'http.duration', ...wholeHour, '--statistic', 'p95'],
  ['metrics', 'shop/api', 'http.duration', ...wholeHour, '--statistic', 'max', '--step', '5m'],
  ['metrics', 'shop/api', 'http.duration', ...wholeHour, '--statistic', 'rate', '--step', '15m'],
  ['metrics', 'shop/api', 'http.duration', '--from', '2026-01-30', '--to', '2026-02-01'],
  ['top', ...wholeHour],
  ['top', ...wholeHour, '--statistic', 'p95', '--by', 'metric'],
  ['top', ...wholeHour, '--statistic', 'mean', '--service', 'shop/db', '--metric', 'rows'],
  ['sql', 'SELECT * FROM services ORDER BY id'],
  ['sql', 'SELECT 1 AS a, 2 AS a, NULL AS n, [1, 2] AS l, 9007199254740993::BIGINT AS big'],
  ['sql', "SELECT TIMESTAMP '2026-01-31 12:00:00' AS t WHERE false"],
  ['sql', 'SELECT range AS n FROM range(5000)'],
  ['sql', '--max-rows', '3', 'SELECT range AS n FROM range(5000)'],
];

const refusals: readonly (readonly [code: number, error: string, statement: string])[] = [
  [65, 'STORAGE_SQL_INVALID', 'SELEKT 1'],
  [65, 'STORAGE_SQL_INVALID', 'SELECT * FROM no_such_table'],
  [77, 'STORAGE_SQL_REFUSED', 'DELETE FROM services'],
  [77, 'STORAGE_SQL_REFUSED', 'SELECT 1; DROP TABLE services'],
  [77, 'STORAGE_SQL_REFUSED', 'COMMIT; DELETE FROM services'],
  [77, 'STORAGE_SQL_REFUSED', "COPY services TO '/tmp/out.csv'"],
  [77, 'STORAGE_SQL_REFUSED', "ATTACH '/tmp/other.duckdb'"],
  [77, 'STORAGE_SQL_REFUSED', "SET memory_limit = '1TB'"],
  [77, 'STORAGE_SQL_REFUSED', 'INSTALL httpfs'],
];

describe('a question to a colony', () => {
  const coral = useCoral();

  /** Fills a stopped colony's file with a little of everything. */
  async function fill(): Promise<string> {
    const id = await coral.init();
    const { openDatabase } = await import('@coral/storage');
    await using database = await openDatabase({
      storagePath: join(coral.project, '.coral'),
      colonyId: id,
    });
    // Lately: a colony that runs calls what is silent for minutes stopped.
    const service = { appId: 'shop', agentId: 'host-1', lastSeen: new Date(Date.now() - 60_000) };
    await database.upsertService({
      ...service,
      id: 'shop/api',
      name: 'api',
      version: '1.4.2',
      labels: { region: 'eu', tags: ['a', 'b'] },
    });
    await database.upsertService({ ...service, id: 'shop/db', name: 'db', status: 'error' });
    for (const [minute, eventType] of ['deploy', 'crash', 'restart', 'alert'].entries()) {
      await database.recordEvent({
        serviceId: minute % 2 === 0 ? 'shop/api' : 'shop/db',
        eventType,
        timestamp: at(minute),
        ...(minute < 2 ? { correlationGroup: 'release-7', details: { n: minute, ok: true } } : {}),
      });
    }
    const insight = { summary: 'What there is to know.', createdAt: at(1) };
    await database.createInsight({
      ...insight,
      insightType: 'anomaly',
      priority: 'high',
      title: 'Latency doubled',
      affectedServices: ['shop/api', 'shop/db'],
      confidence: 0.75,
      details: { factor: 2 },
    });
    const low = await database.createInsight({
      ...insight,
      insightType: 'recommendation',
      priority: 'low',
      title: 'Nothing to do',
      expiresAt: at(59),
    });
    await database.dismissInsight(low);
    await database.observeConnections([
      { fromService: 'shop/api', toService: 'shop/db', protocol: 'postgresql', observedAt: at(1) },
      { fromService: 'web', toService: 'shop/api', protocol: 'http', observedAt: at(2), count: 5 },
    ]);
    await database.insertMetricSummaries([
      ...[0, 5, 10].map((minute) => ({
        timestamp: at(minute),
        serviceId: 'shop/api',
        metricName: 'http.duration',
        interval: '5m' as const,
        // Five digits at most: a colony that starts seals these old rows, and history keeps no more.
        p50: 10 + minute / 4,
        p95: 20.5,
        p99: 1e-9,
        mean: 12,
        max: 1e21,
        count: 100,
      })),
      { timestamp: at(0), serviceId: 'shop/db', metricName: 'rows', interval: '1h', mean: 0 },
    ]);
    return id;
  }

  it('is answered alike by the stopped and by the running one, as JSON and as text', async () => {
    await fill();
    const ask = async () => {
      const answers = new Map<string, CoralResult>();
      for (const question of questions) {
        answers.set(question.join(' '), await coral.run([...question, '--json']));
        // Every form of table once: without options, and each statement.
        if (question.length === 1 || question[0] === 'sql') {
          answers.set(`${question.join(' ')} as text`, await coral.run(question));
        }
      }
      return answers;
    };
    const stopped = await ask();
    await coral.start(['--no-self-metrics']);
    const running = await ask();
    for (const [question, answer] of running) {
      const other = stopped.get(question)!;
      // Ages grow while the test runs.
      const still = (text: string) => text.replace(/\S+ \S+( \S+ \S+)? ago/g, 'ago');
      expect([question, still(answer.stdout)]).toEqual([question, still(other.stdout)]);
      expect([question, answer.code, answer.stderr]).toEqual([question, 0, other.stderr]);
    }
    const parsed = (question: string) => JSON.parse(running.get(question)!.stdout) as object[];
    expect(parsed('services --status error')).toEqual([
      expect.objectContaining({ id: 'shop/db', app_id: 'shop', agent_id: 'host-1', labels: null }),
    ]);
    expect(parsed('events --group release-7')).toEqual([
      expect.objectContaining({ event_type: 'crash', details: { n: 1, ok: true } }),
      expect.objectContaining({ event_type: 'deploy', timestamp: '2026-01-31T12:00:00.000Z' }),
    ]);
    expect(parsed('insights')).toEqual([
      expect.objectContaining({ title: 'Latency doubled', confidence: 0.75 }),
    ]);
    expect(parsed('topology --service shop/db')).toEqual([
      expect.objectContaining({ from_service: 'shop/api', protocol: 'postgresql' }),
    ]);
    expect(parsed('metrics shop/api')).toEqual([
      expect.objectContaining({ metric_name: 'http.duration', timestamp: at(10).toISOString() }),
    ]);
  }, 120_000);

  it('is refused alike, with the same code and exit code', async () => {
    await fill();
    const ask = async () => {
      for (const [code, error, statement] of refusals) {
        const answer = await coral.run(['sql', statement]);
        expect([statement, answer.code, answer.stdout]).toEqual([statement, code, '']);
        expect(answer.stderr).toContain(error);
        expect(answer.stderr).not.toMatch(/\n +at /);
      }
      // Reads a file of the system: how DuckDB words the refusal decides the code.
      const file = await coral.run(['sql', "SELECT * FROM read_text('/etc/passwd')"]);
      expect([65, 77]).toContain(file.code);
      expect(file.stdout + file.stderr).not.toContain('root:');
    };
    await ask();
    await coral.start(['--no-self-metrics']);
    await ask();
    const left = await coral.json<object[]>(['services']);
    expect(left).toHaveLength(2);
  }, 120_000);

  it('has a deadline', async () => {
    await fill();
    const endless =
      'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range = b.range + 1 OR a.range % 7 = b.range % 11';
    const ask = () => coral.run(['sql', '--timeout', '1', endless]);
    const stopped = await ask();
    await coral.start(['--no-self-metrics']);
    const running = await ask();
    for (const { code, stderr } of [stopped, running]) {
      expect(stderr).toContain('STORAGE_TIMEOUT');
      expect(code).toBe(75);
    }
  });

  it('says with --verbose which way it went', async () => {
    await fill();
    const stopped = await coral.run(['services', '--verbose']);
    await coral.start(['--no-self-metrics']);
    const running = await coral.run(['services', '--verbose']);
    expect(stopped.stderr).toMatch(/is stopped; opened .*\.duckdb/);
    expect(running.stderr).toMatch(/asking the running colony .* at 127\.0\.0\.1:\d+/);
    expect((await coral.run(['services'])).stderr).toBe('');
  });

  it('waits for another command that reads the file of a stopped colony', async () => {
    await fill();
    const results = await Promise.all(
      Array.from({ length: 3 }, () => coral.run(['services', '--json'])),
    );
    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
  });
});

describe('coral sql', () => {
  const coral = useCoral();

  it('reads the statement from standard input when none is given', async () => {
    await coral.init();
    await coral.start(['--no-self-metrics']);
    const answer = await coral.run(['sql', '--json'], { input: 'SELECT 42 AS x;\n' });
    expect(JSON.parse(answer.stdout)).toEqual([{ x: 42 }]);
  });

  it.each([[['sql', '']], [['sql', '  \n ']], [['sql']]])('needs a statement: %j', async (args) => {
    await coral.init();
    const { code, stderr } = await coral.run(args);
    expect(code).toBe(2);
    expect(stderr).toContain('CLI_USAGE');
  });

  it('stops asking when nobody reads any more', async () => {
    await coral.init();
    await coral.start(['--no-self-metrics']);
    const statement = 'SELECT range AS n FROM range(10000000)';
    const script = `"${process.execPath}" "${coralPath}" sql --json --max-rows 10000000 '${statement}' | head -n 2; echo "\${PIPESTATUS[0]}"`;
    const child = await spawnProcess({
      command: 'bash',
      args: ['-c', script],
      cwd: coral.project,
      env: coral.env(),
    });
    await expect(child.waitForExit()).resolves.toMatchObject({ code: 0 });
    expect(child.output).toBe('[\n  {"n":0},\n0\n');
  });

  it('says so when the row cap cut the answer', async () => {
    await coral.init();
    await coral.start(['--no-self-metrics']);
    const answer = await coral.run(['sql', '--max-rows', '2', '--json', 'FROM range(3)']);
    expect(JSON.parse(answer.stdout)).toHaveLength(2);
    expect(answer.stderr).toContain('Only the first 2 rows');
  });
});

describe('coral events record', () => {
  const coral = useCoral();

  it('stores an event in a stopped and in a running colony', async () => {
    await coral.init();
    await (await coral.start(['--no-self-metrics'])).process.terminate();
    const record = (type: string, ...rest: string[]) =>
      coral.json<{ id: number }>(['events', 'record', type, '--service', 'shop/api', ...rest]);
    const first = await record('deploy', '--details', '{"version":"1.4.2"}', '--group', 'r7');
    await coral.start(['--no-self-metrics']);
    const second = await record('restart', '--at', '2026-01-31T12:00:00Z');
    expect(second.id).toBeGreaterThan(first.id);
    await expect(coral.json(['events', '--service', 'shop/api'])).resolves.toEqual([
      {
        id: first.id,
        timestamp: expect.any(String),
        service_id: 'shop/api',
        event_type: 'deploy',
        details: { version: '1.4.2' },
        correlation_group: 'r7',
      },
      {
        id: second.id,
        timestamp: '2026-01-31T12:00:00.000Z',
        service_id: 'shop/api',
        event_type: 'restart',
        details: null,
        correlation_group: null,
      },
    ]);
  });

  it.each([
    [2, 'CLI_USAGE', ['deploy', '--service', 's', '--details', '{version:1}']],
    [2, 'CLI_USAGE', ['deploy', '--service', 's', '--details', '[1]']],
    [2, 'CLI_USAGE', ['deploy', '--service', 's', '--at', 'yesterday']],
    [2, 'required option', ['deploy']],
    [65, '', ['', '--service', 's']],
  ])('exits with %i and %s for %j', async (exitCode, text, args) => {
    await coral.init();
    await coral.start(['--no-self-metrics']);
    const { code, stderr } = await coral.run(['events', 'record', ...args]);
    expect([code, stderr]).toEqual([exitCode, expect.stringContaining(text)]);
    await expect(coral.json(['events'])).resolves.toEqual([]);
  });
});
