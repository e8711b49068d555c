import { isIP } from 'node:net';
import * as z from 'zod/mini';
import { isColonyId } from '../colony-id.js';
import { parseBackupSchedule } from '../parse-backup-schedule.js';
import { parseKeptBackups } from '../parse-kept-backups.js';
import { parseDuration } from '../parse-duration.js';
import { parseNames } from '../parse-names.js';
import { parseSize } from '../parse-size.js';

/** DuckDB opens with less, but fails at the first query that sorts; a typo must not get that far. */
const MIN_MEMORY_BYTES = 32 * 1024 * 1024;
/** Less could not hold what one hour of ordinary telemetry needs. */
const MIN_BUDGET_BYTES = 16 * 1024 * 1024;
/** The store's own minimum: late points still replace summaries of that age. */
const MIN_HOT_WINDOW_MS = 6 * 3_600_000;
const MIN_SILENCE_MS = 1_000;
/** Less would refuse what senders collect before they send it. */
const MIN_LATENESS_MS = 60_000;
/** Points of all that time stay in the file and are looked through; more is no delay, but an import. */
const MAX_LATENESS_MS = 7 * 24 * 3_600_000;
const MIN_SECRET_LENGTH = 16;
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
/** Base64 of exactly 32 bytes: the last digit carries two bits of padding. */
const WIREGUARD_KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Text that can be shown in one line and passed to the operating system. */
export const text = z.string().check(
  z.refine((value) => value.trim() !== '' && !/\p{Cc}/u.test(value)),
  z.maxLength(4096),
);
export const name = text.check(z.maxLength(200));
export const colonyId = z.string().check(z.refine(isColonyId));
export const secret = text.check(z.minLength(MIN_SECRET_LENGTH));
export const wireguardKey = z.string().check(z.regex(WIREGUARD_KEY));
export const directory = text;
export const memoryLimit = z
  .string()
  .check(z.refine((value) => (parseSize(value) ?? 0) >= MIN_MEMORY_BYTES));
export const maxSize = z
  .string()
  .check(z.refine((value) => (parseSize(value) ?? 0) >= MIN_BUDGET_BYTES));
export const size = z.string().check(z.refine((value) => parseSize(value) !== undefined));
export const duration = z.string().check(z.refine((value) => parseDuration(value) !== undefined));
export const hotWindow = z
  .string()
  .check(z.refine((value) => (parseDuration(value) ?? 0) >= MIN_HOT_WINDOW_MS));
export const silence = z
  .string()
  .check(z.refine((value) => (parseDuration(value) ?? 0) >= MIN_SILENCE_MS));
export const lateness = z.string().check(
  z.refine((value) => {
    const ms = parseDuration(value) ?? 0;
    return ms >= MIN_LATENESS_MS && ms <= MAX_LATENESS_MS;
  }),
);
export const backupSchedule = z
  .string()
  .check(z.refine((value) => parseBackupSchedule(value) !== undefined));
const backupCount = z.int().check(z.gte(0), z.lte(9999));
export const keptBackups = z.union([
  z.string().check(z.refine((value) => parseKeptBackups(value) !== undefined)),
  z
    .strictObject({ daily: z.optional(backupCount), weekly: z.optional(backupCount) })
    .check(z.refine(({ daily = 0, weekly = 0 }) => daily + weekly > 0)),
]);
export const labelNames = z
  .string()
  .check(z.refine((value) => parseNames(value)?.every(isLabelName) ?? false));
export const serviceNames = z
  .string()
  .check(z.refine((value) => value === 'none' || parseNames(value) !== undefined));
export const threads = z.int().check(z.gte(1), z.lte(1024));
export const seriesLimit = z.int().check(z.gte(0), z.lte(100_000_000));
export const spanLimit = z.int().check(z.gte(0), z.lte(1_000_000_000));
export const host = z
  .string()
  .check(z.refine((value) => isIP(value) !== 0 || HOST_NAME.test(value)));
export const port = z.int().check(z.gte(0), z.lte(65_535));
export const portOrOff = z.union([port, z.literal(false)]);
export const flag = z.boolean();
export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);
/** Without user and password: the address is shown and logged. */
export const endpoint = z.string().check(z.refine(isPlainHttpUrl));
export const provider = z.string().check(z.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/));

function isPlainHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}

/** As Prometheus has them in its configuration. */
function isLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}
