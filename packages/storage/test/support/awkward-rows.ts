import type { SeededRandom } from '@coral/testkit';
import {
  exchangeTables,
  type ExchangeColumn,
  type ExchangeTable,
} from '../../src/exchange/exchange-tables.js';
import type { Database } from '../../src/index.js';
import { rows } from './look-ups.js';

const names = [
  'plain',
  ' leading and trailing ',
  "comma, quote \" and 'apostrophe'",
  '"',
  '""',
  'line\nfeed',
  'carriage\r\nreturn\r',
  'tab\tand \u0001 control \u001f',
  'NULL',
  'null',
  '\\N',
  '0',
  'Zażółć 😀 ﷽ \u202e \u2028 \ufeff',
  '\ufeffmark first',
  '=cmd()|x',
  '#',
  'n'.repeat(512),
];
const texts = [...names, '', 'x'.repeat(65_536), '{"a":'];
const doubles = [
  '0.0',
  '-0.0',
  '5e-324',
  '-5e-324',
  '2.2250738585072011e-308',
  '1e308',
  '1.7976931348623157e308',
  '-1.7976931348623157e308',
  '0.1',
  '0.30000000000000004',
  '1e21',
  '123456789012345678',
  '9007199254740993',
  '1e-7',
  'pi()',
];
const micros = [
  '0',
  '-1',
  '1',
  '1795309323123456',
  '253402300799999999', // the last of 9999
  '253402300800000000', // the first of +010000
  '-62167219200000001', // the last of -0001
  '-62167219200000000', // the first of 0000
  '8640000000000000000', // as far as a Date reaches
  '-8640000000000000000',
];
const jsonObjects = [
  '{}',
  '{"a":1}',
  '{ "a" : 1.0, "a": 12345678901234567890 }',
  '{"line\\n":"\\u0000 \\ud83d\\ude00 ü"}',
  `{"deep":${'['.repeat(500)}${']'.repeat(500)}}`,
];
const jsonNames = ['[]', '["a"]', '[ "with space" , "\\u00fc\\"" ]'];

/** Rows of a table that a careless format would change, as SQL for the bare tables. */
export function awkwardRows(table: ExchangeTable, random: SeededRandom, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const values = table.columns.map((column) => literal(table, column, random, index));
    return `INSERT INTO ${table.table} VALUES (${values.join(', ')})`;
  });
}

/** All rows of a table as text that hides no difference, not even the sign of zero. */
export async function dump(database: Database, table: ExchangeTable): Promise<unknown[][]> {
  const columns = table.columns.map(({ name }) => `"${name}"::VARCHAR`).join(', ');
  return rows(database, `SELECT ${columns} FROM ${table.source} ORDER BY ALL`);
}

export const allTables = Object.values(exchangeTables);

function literal(
  table: ExchangeTable,
  column: ExchangeColumn,
  random: SeededRandom,
  index: number,
): string {
  if (column.nullable && random.boolean(0.3)) return 'NULL';
  const { rule } = column;
  switch (rule.kind) {
    case 'name': {
      const isKey = table.key.includes(column.name);
      return text(isKey ? `${random.pick(names).slice(0, 500)}${index}` : random.pick(names));
    }
    case 'text':
      return text(random.pick(texts));
    case 'word':
      return text(random.pick(rule.words));
    case 'time': {
      const us = random.boolean() ? random.pick(micros) : random.integer(-(2 ** 52), 2 ** 52);
      return `make_timestamp(${rule.to === 'microsecond' ? us : (BigInt(us) / 1000n) * 1000n})`;
    }
    case 'count':
      if (column.name === 'id') return String(index * 7 + 1);
      return String(random.pick([rule.least, 1, 2_147_483_647]));
    case 'number':
      return rule.most === 1
        ? random.pick(['0.0', '-0.0', '1.0', '0.1', '5e-324'])
        : `${random.boolean() ? random.pick(doubles) : String(random.normal() * 10 ** random.integer(-300, 300))}::DOUBLE`;
    case 'json-object':
      return text(random.pick(jsonObjects));
    case 'json-names':
      return text(random.pick(jsonNames));
  }
}

/** As code points: no character of it means anything to SQL. */
function text(value: string): string {
  return `decode('${[...Buffer.from(value)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'::BLOB)`;
}
