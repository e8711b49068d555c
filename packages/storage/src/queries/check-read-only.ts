import { StorageError } from '../storage-error.js';

/**
 * Table functions that only look at the catalogue or make rows. A list of what is allowed: DuckDB
 * has more that read files, among them the database itself, and closing that one would drop the
 * process's lock on it.
 */
const allowedTableFunctions =
  /^(?:duckdb_\w+|pragma_(?:table_info|show|version|database_size|storage_info|metadata_info|collations|platform)|range|generate_series|unnest|repeat|repeat_row|summary|json_each|json_tree|pg_timezone_names|icu_calendar_names)$/i;

/**
 * Functions with effects, which a read-only transaction alone would not stop everywhere; and those
 * that descend into JSON by recursion and end the whole process when it is nested deeply enough.
 */
const refusedFunctions =
  /^(?:nextval|write_log|parse_duckdb_log_message|json_structure|json_group_structure|json_contains|json_merge_patch)$/i;

/** What makes a table's name look like a file's, also when it is split at the dots. */
const pathCharacter = /[/\\.:]/;
const databaseSuffix = /^(?:duckdb|ddb|db)$/i;

/**
 * Looks at the parsed form of a statement before DuckDB binds it: binding alone can open files.
 *
 * @param serialized what `json_serialize_sql` made of the statement
 * @throws {StorageError} `STORAGE_SQL_INVALID` when it does not parse, `STORAGE_SQL_REFUSED` when it
 *   is more than one statement, not a query, or calls a function that is not allowed
 */
export function checkReadOnly(serialized: string): void {
  const tree = JSON.parse(serialized) as {
    error: boolean;
    error_type?: string;
    error_message?: string;
    statements?: unknown[];
  };
  if (tree.error) {
    if (tree.error_type === 'not implemented') {
      throw refused(
        'Only queries can be run here: SELECT, FROM, WITH, VALUES, SHOW, DESCRIBE, SUMMARIZE, and EXPLAIN of one.',
      );
    }
    throw new StorageError(
      'STORAGE_SQL_INVALID',
      `The SQL could not be parsed: ${tree.error_message ?? ''}`,
    );
  }
  const statements = tree.statements ?? [];
  if (statements.length === 0) {
    throw new StorageError('STORAGE_SQL_INVALID', 'There is no statement to run.');
  }
  if (statements.length > 1) {
    throw refused(`One statement at a time can be run here, not ${statements.length}.`);
  }
  checkFunctions(statements[0]);
}

function checkFunctions(root: unknown): void {
  // By hand with a stack: a hostile query can nest deeper than ours.
  const nodes: unknown[] = [root];
  while (nodes.length > 0) {
    const node = nodes.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (!Array.isArray(node)) checkNode(node as SyntaxNode);
    nodes.push(...Object.values(node));
  }
}

interface SyntaxNode {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly function?: { readonly function_name?: unknown };
  readonly function_name?: unknown;
  readonly catalog_name?: unknown;
  readonly schema_name?: unknown;
  readonly table_name?: unknown;
}

function checkNode(node: SyntaxNode): void {
  checkTableName(node);
  if (node.id === 'VARIANT') {
    // Turning deeply nested JSON into one recurses until the stack, and with it the process, ends.
    throw refused('The type VARIANT cannot be used here.');
  }
  if (node.type === 'TABLE_FUNCTION') {
    const name = String(node.function?.function_name ?? '');
    if (!allowedTableFunctions.test(name)) {
      throw refused(`The table function ${name || '(unnamed)'} cannot be used here.`);
    }
  }
  if (typeof node.function_name === 'string' && refusedFunctions.test(node.function_name)) {
    throw refused(`The function ${node.function_name} cannot be used here.`);
  }
}

/** DuckDB reads a file where a table's name looks like a path, its own file included. */
function checkTableName({ catalog_name, schema_name, table_name }: SyntaxNode): void {
  if (typeof table_name !== 'string') return;
  const parts = [catalog_name, schema_name, table_name].filter(
    (part): part is string => typeof part === 'string' && part !== '',
  );
  const isFile =
    parts.some((part) => pathCharacter.test(part)) ||
    (parts.length > 1 && databaseSuffix.test(table_name));
  if (isFile) throw refused(`Files cannot be read here: ${parts.join('.').slice(0, 80)}.`);
}

function refused(message: string): StorageError {
  return new StorageError('STORAGE_SQL_REFUSED', message);
}
