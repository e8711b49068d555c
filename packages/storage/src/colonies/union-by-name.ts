import type { Column } from '../duckdb/row-stream.js';
import type { JsonValue } from '../duckdb/json-values.js';
import type { SourceAnswer } from './colony-source.js';

export interface ColonyAnswer extends SourceAnswer {
  readonly colonyId: string;
}

/**
 * The rows of several colonies as one table, columns matched by name; `colony_id` comes first.
 *
 * Shape: no columns without an answer; colonies and their rows in the order given; columns in the order in which they first
 * appear; NULL where a colony has no such column; a type that differs is `INTEGER or VARCHAR`. Of
 * columns with one name within one answer the later ones get `_2`, `_3`, …
 */
export function unionByName(answers: readonly ColonyAnswer[]): {
  columns: Column[];
  rows: JsonValue[][];
} {
  if (answers.length === 0) return { columns: [], rows: [] };
  const named = answers.map(({ columns }) => uniqueNames(columns.map(({ name }) => name)));
  const types = new Map<string, Set<string>>([['colony_id', new Set(['VARCHAR'])]]);
  answers.forEach(({ columns }, at) => {
    columns.forEach(({ type }, index) => {
      const name = named[at]![index]!;
      types.set(name, (types.get(name) ?? new Set()).add(type));
    });
  });
  const names = [...types.keys()];
  const rows = answers.flatMap(({ colonyId, rows }, at) => {
    const positions = names.slice(1).map((name) => named[at]!.indexOf(name));
    return rows.map((row) => [colonyId, ...positions.map((position) => row[position] ?? null)]);
  });
  return {
    columns: names.map((name) => ({ name, type: [...types.get(name)!].join(' or ') })),
    rows,
  };
}

function uniqueNames(names: readonly string[]): string[] {
  const used = new Set(['colony_id']);
  return names.map((name) => {
    let unique = name;
    for (let number = 2; used.has(unique); number += 1) unique = `${name}_${number}`;
    used.add(unique);
    return unique;
  });
}
