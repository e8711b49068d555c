import type { FileTier } from '../setting-source.js';
import { colonySchema } from './colony.js';
import { globalSchema } from './global.js';
import { projectSchema } from './project.js';

/** What each kind of file may hold. */
export const TIER_SCHEMAS = {
  project: projectSchema,
  colony: colonySchema,
  global: globalSchema,
} as const satisfies Record<FileTier, unknown>;

interface SchemaNode {
  readonly def: { readonly type: string; readonly innerType?: unknown };
  readonly shape?: Readonly<Record<string, unknown>>;
}

/**
 * Every key a kind of file may hold, dotted, in the order of its schema: `storage.path`.
 *
 * Read from the schema itself, so that suggestions and documentation cannot fall behind it.
 */
export function tierKeys(tier: FileTier): string[] {
  return leafKeys(TIER_SCHEMAS[tier], '');
}

function leafKeys(schema: unknown, prefix: string): string[] {
  const node = unwrap(schema as SchemaNode);
  if (node.shape === undefined) return [prefix];
  return Object.entries(node.shape).flatMap(([key, inner]) =>
    leafKeys(inner, prefix === '' ? key : `${prefix}.${key}`),
  );
}

function unwrap(node: SchemaNode): SchemaNode {
  return node.def.innerType === undefined ? node : unwrap(node.def.innerType as SchemaNode);
}
