import { LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import { ConfigError } from './errors.js';
import type { ConfigProblem } from './errors.js';

/** Units: 1-based; columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ParseYamlOptions {
  readonly file: string;
  /** Whether the text holds secrets, which then must not reach a message. */
  readonly secret: boolean;
}

/** A parsed YAML file that can say where each of its parts stands. */
export interface YamlSource {
  readonly file: string;
  /** Plain data; `{}` for an empty file. */
  readonly data: unknown;
  /** Where the value at a path stands, or the nearest part around it when there is none. */
  locate(path: readonly PropertyKey[]): Position;
  /** Where the key at the end of a path stands. */
  locateKey(path: readonly PropertyKey[]): Position;
}

/**
 * Reads text as one YAML 1.2 document of plain keys.
 *
 * Strict: duplicate keys, several documents, unknown tags and runaway aliases are errors.
 *
 * @throws {ConfigError} `CONFIG_SYNTAX` with line and column
 */
export function parseYaml(text: string, { file, secret }: ParseYamlOptions): YamlSource {
  const lines = new LineCounter();
  // Pretty errors quote the offending lines, and with them perhaps a secret.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    // The wording of some errors repeats the text they stumbled over; their code never does.
    reason: secret ? error.code.toLowerCase().replaceAll('_', ' ') : error.message,
    position: at(error.pos[0]),
    cause: secret ? undefined : error,
  }));
  visit(document, {
    Pair(_, pair) {
      if (isScalar(pair.key) || isAlias(pair.key)) return;
      const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
      problems.push({ reason: 'a key must be plain text', position: at(offset), cause: undefined });
    },
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const position = at(alias.range?.[0] ?? 0);
      problems.push({ reason: 'an alias to nothing', position, cause: undefined });
    },
  });
  const [first] = problems;
  if (first !== undefined) throw syntaxError(file, first.reason, first.position, first.cause);
  return {
    file,
    data: toData(document, file, secret),
    locate: (path) => at(offsetOf(document, path)),
    locateKey: (path) => at(keyOffsetOf(document, path)),
  };
}

function toData(document: Document, file: string, secret: boolean): unknown {
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    const start = { line: 1, column: 1 };
    throw syntaxError(file, 'its aliases expand without end', start, secret ? undefined : cause);
  }
}

function syntaxError(file: string, reason: string, at: Position, cause: unknown): ConfigError {
  const problem: ConfigProblem = { code: 'CONFIG_SYNTAX', message: reason, ...at };
  return new ConfigError(
    'CONFIG_SYNTAX',
    `${file}:${at.line}:${at.column}: not valid YAML: ${reason}.`,
    {
      ...(cause === undefined ? {} : { cause }),
      details: { file, ...at, problems: [problem] },
    },
  );
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: Node | null = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const key of path) {
    const pair = partOf(document, node, key);
    if (pair === undefined) return offset;
    node = isNode(pair.value) ? pair.value : null;
    // An empty value has no place of its own; its key is the next best.
    offset = isEmpty(node) ? startOf(pair.key, offset) : startOf(node, offset);
  }
  return offset;
}

function isEmpty(node: Node | null): boolean {
  return isScalar(node) && node.value === null && node.source === '';
}

function keyOffsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: Node | null = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const key of path) {
    const pair = partOf(document, node, key);
    if (pair === undefined) return offset;
    offset = startOf(pair.key, offset);
    node = isNode(pair.value) ? pair.value : null;
  }
  return offset;
}

/** A key with its value; an item of a list is both. */
interface Part {
  readonly key: unknown;
  readonly value: unknown;
}

function partOf(document: Document, node: Node | null, key: PropertyKey): Part | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target)) {
    const item = target.items[Number(key)];
    return item === undefined ? undefined : { key: item, value: item };
  }
  if (!isMap(target)) return undefined;
  return target.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

function startOf(node: unknown, otherwise: number): number {
  return isNode(node) ? (node.range?.[0] ?? otherwise) : otherwise;
}
