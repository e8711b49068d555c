import type { SqlParameter } from '../duckdb/values.js';

/** A piece of SQL that is true or false of a row, with its parameters in order. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

/** True where all are. */
export function allOf(conditions: readonly Condition[]): Condition {
  return joined(conditions, ' AND ', 'true');
}

/** True where one of them is. */
export function anyOf(conditions: readonly Condition[]): Condition {
  return joined(conditions, ' OR ', 'false');
}

/** True where it is not. The columns of our conditions are never NULL. */
export function not({ sql, parameters }: Condition): Condition {
  return { sql: `NOT (${sql})`, parameters };
}

function joined(conditions: readonly Condition[], word: string, empty: string): Condition {
  const [first] = conditions;
  if (first === undefined) return { sql: empty, parameters: [] };
  if (conditions.length === 1) return first;
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(word)})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}
