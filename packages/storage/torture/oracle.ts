import type { Database } from '../src/index.js';
import { onceKinds, type Write } from './write.js';

/** What is wrong with one key, and what was said of it. */
export interface Disagreement {
  readonly what: 'lost' | 'doubled' | 'wrong';
  readonly text: string;
}

export interface CheckOptions {
  /** Look at keys that were written once in this run and later ones; default all of them. */
  readonly sinceRun?: number;
  /** Whether all that retention took out was brought back. Default false. */
  readonly isTrashEmpty?: boolean;
}

/** What writers said they tried and what was acknowledged: what may be in the file, and what must. */
export class Oracle {
  readonly #tried = new Map<string, Write[]>();
  readonly #acked = new Map<string, Write[]>();
  #acknowledged = 0;
  #tries = 0;

  /** Writes acknowledged so far. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  get tried(): number {
    return this.#tries;
  }

  /** @param output what a writer said until it was killed */
  read(output: string): void {
    for (const line of output.split('\n')) {
      const what = line.slice(0, 3);
      if (what !== 'try' && what !== 'ack') continue;
      if (!line.endsWith('}')) continue; // Cut by the kill.
      this.#note(what, JSON.parse(line.slice(4)) as Write);
    }
  }

  /** Compares the file with what was said. @returns [] when all agree */
  async disagreements(
    database: Database,
    { sinceRun = 0, isTrashEmpty = false }: CheckOptions = {},
  ): Promise<Disagreement[]> {
    // Points count by their summaries: the raw ones go when they are old.
    await database.summarise();
    const found = await loadRows(database, sinceRun);
    const problems: Disagreement[] = [];
    for (const [key, tries] of this.#tried) {
      const { kind, key: name } = tries[0]!;
      if (isOnce(kind) && runOf(name) < sinceRun) continue;
      const acks = this.#acked.get(key) ?? [];
      const row = found[kind].get(name);
      if (kind === 'expendable' && !row && !isTrashEmpty) continue;
      const problem = disagreement(kind, tries, acks, row);
      if (!problem) continue;
      const said = `row ${JSON.stringify(row)}, ${acks.length} of ${tries.length} acknowledged`;
      problems.push({ what: problem[0], text: `${key}: ${problem[1]} (${said})` });
    }
    return problems;
  }

  #note(what: 'try' | 'ack', write: Write): void {
    const writes = what === 'try' ? this.#tried : this.#acked;
    if (what === 'ack') this.#acknowledged += 1;
    else this.#tries += 1;
    const key = `${write.kind} ${write.key}`;
    const known = writes.get(key);
    if (known) known.push(write);
    else writes.set(key, [write]);
  }
}

type Found = Readonly<Record<Write['kind'], ReadonlyMap<string, readonly number[]>>>;

/** Key → value, copies, and what else the kind has. */
async function loadRows(database: Database, sinceRun: number): Promise<Found> {
  const load = async (sql: string) => {
    const result = await database.queryReadOnly(sql, { maxRows: 10_000_000, timeoutMs: 300_000 });
    const rows = new Map<string, number[]>();
    for await (const batch of result.rows) {
      for (const [key, ...values] of batch) rows.set(key as string, values as number[]);
    }
    return rows;
  };
  const since = (column: string) =>
    `try_cast(split_part(${column}, '-', 2) AS INTEGER) >= ${sinceRun}`;
  const events = (of: string) =>
    load(
      `SELECT correlation_group, 0, count(*) FROM events
       WHERE correlation_group LIKE '${of}-%' AND ${since('correlation_group')} GROUP BY ALL`,
    );
  return {
    heartbeat: await load(
      `SELECT id, epoch_ms(last_seen) FROM services WHERE id LIKE 'heartbeat-%'`,
    ),
    summary: await load(
      `SELECT service_id, any_value(mean), count(*) FROM all_metric_summaries
       WHERE metric_name = 'latency' AND interval = '5m' GROUP BY ALL`,
    ),
    baseline: await load(
      'SELECT service_id, any_value(mean), count(*) FROM baselines GROUP BY ALL',
    ),
    connection: await load(
      'SELECT from_service, epoch_ms(last_observed), 1, connection_count FROM service_connections',
    ),
    event: await events('event'),
    expendable: await events('expendable'),
    insight: await load(
      `SELECT title, 0, count(*), count(*) FILTER (status = 'resolved') FROM insights
       WHERE ${since('title')} GROUP BY ALL`,
    ),
    delete: await load(`SELECT id, 0, 1 FROM services WHERE id LIKE 'delete-%' AND ${since('id')}`),
    points: await load(
      `SELECT metric_name, 0, sum(count)::INTEGER FROM all_metric_summaries
       WHERE metric_name LIKE 'points-%' AND interval = '5m' AND ${since('metric_name')}
       GROUP BY ALL`,
    ),
  };
}

function isOnce(kind: Write['kind']): boolean {
  return (onceKinds as readonly string[]).includes(kind);
}

function runOf(key: string): number {
  return Number(key.split('-')[1]);
}

/** Why a row cannot be what these writes left; undefined when it can. */
function disagreement(
  kind: Write['kind'],
  tries: readonly Write[],
  acks: readonly Write[],
  row: readonly number[] | undefined,
): readonly [Disagreement['what'], string] | undefined {
  const version = (write: Write | undefined) => (write && 'version' in write ? write.version : 0);
  if (kind === 'delete') {
    return acks.length > 0 && row ? ['lost', 'deleted, but there'] : undefined;
  }
  if (!row) return acks.length > 0 ? ['lost', 'not there'] : undefined;
  const [value = 0, copies = 1, extra = 0] = row;
  switch (kind) {
    case 'event':
    case 'expendable':
      return copies === 1 ? undefined : ['doubled', 'there twice'];
    case 'insight':
      if (copies !== 1) return ['doubled', 'there twice'];
      return acks.length > 0 && extra !== 1 ? ['lost', 'its end was lost'] : undefined;
    case 'points':
      if (copies === 10) return undefined;
      return copies < 10 ? ['lost', 'not all of its points'] : ['doubled', 'some points twice'];
    case 'connection':
      if (extra < acks.length) return ['lost', 'observations lost'];
      if (extra > tries.length) return ['doubled', 'observations counted twice'];
      break;
    default:
      if (copies !== 1) return ['doubled', 'there twice'];
  }
  // A heartbeat, a summary, a baseline, and a connection's time each hold the version written last.
  if (value < version(acks.at(-1))) return ['lost', 'an acknowledged update was lost'];
  return tries.some((write) => version(write) === value)
    ? undefined
    : ['wrong', 'holds what nobody wrote'];
}
