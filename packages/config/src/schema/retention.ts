import * as z from 'zod/mini';
import { parseDuration } from '../parse-duration.js';

/** Less is a slip of the pen: `5m` for the interval, or minutes where days were meant. */
const LEAST_KEPT_MS = 3_600_000;
const MAX_RULES = 100;
const MAX_PATTERN_LENGTH = 512;

export const intervals = ['5m', '15m', '1h', '1d'] as const;
export const retainedTables = [
  'metric_summaries',
  'events',
  'insights',
  'service_connections',
  'baselines',
  'services',
] as const;

/** The conditions that rules for a table may have. */
export const conditionsOfTable = {
  metric_summaries: ['interval', 'metric', 'service'],
  events: ['service', 'event_type'],
  insights: [],
  service_connections: ['service'],
  baselines: ['metric', 'service'],
  services: ['service'],
} as const satisfies Record<(typeof retainedTables)[number], readonly string[]>;

/** How long rows stay: a duration, or `forever`. */
export const keep = z
  .string()
  .check(z.refine((text) => text === 'forever' || (parseDuration(text) ?? 0) >= LEAST_KEPT_MS));

/** One for all intervals, or one for each. */
export const keepByInterval = z.union([
  keep,
  z.strictObject({
    '5m': z.optional(keep),
    '15m': z.optional(keep),
    '1h': z.optional(keep),
    '1d': z.optional(keep),
  }),
]);

const pattern = z.string().check(
  z.refine((text) => text.trim() !== '' && !/\p{Cc}/u.test(text)),
  z.maxLength(MAX_PATTERN_LENGTH),
);

const rule = z
  .strictObject({
    table: z.enum(retainedTables),
    interval: z.optional(z.enum(intervals)),
    metric: z.optional(pattern),
    service: z.optional(pattern),
    event_type: z.optional(pattern),
    keep,
  })
  .check(
    z.refine(({ table, keep: _, ...conditions }) =>
      Object.keys(conditions).every((name) =>
        (conditionsOfTable[table] as readonly string[]).includes(name),
      ),
    ),
  );

export const rules = z.array(rule).check(z.maxLength(MAX_RULES));

/** The end of a sentence "… must be", for what stands inside `rules`. */
export const ruleExpectations: Readonly<Record<string, string>> = {
  '': `a rule with table, keep and the conditions its table has (${Object.entries(conditionsOfTable)
    .map(([table, names]) => `${table}: ${names.join(', ') || 'none'}`)
    .join('; ')})`,
  table: `one of ${retainedTables.join(', ')}`,
  interval: `one of ${intervals.join(', ')}`,
  metric: 'a name, with * for any text',
  service: 'a name, with * for any text',
  event_type: 'a name, with * for any text',
  keep: 'a duration of at least 1h such as 30d, or forever',
};
