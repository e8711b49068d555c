import { ConfigError } from './errors.js';
import { quote } from './quote.js';
import type { RandomBytes } from './random-bytes.js';

declare const colonyIdBrand: unique symbol;

/**
 * A colony id that is safe as a file name on every platform, and so can never name a file outside
 * the directory it is joined to.
 *
 * Shape: 1 to 100 characters `a-z 0-9 - _ .`; begins and ends with a letter or digit, holds no
 * `..`, and is no device name of Windows (`con`, `nul.x`, `lpt1`, …).
 * Generated ones are `<app>-<environment>-<6 hex digits>`.
 */
export type ColonyId = string & { readonly [colonyIdBrand]: true };

/** File systems allow 255 bytes; the rest is left to suffixes such as `.duckdb.wal`. */
export const MAX_COLONY_ID_LENGTH = 100;

const ALLOWED = /^[a-z0-9._-]+$/;
/** The part before the first dot decides; Windows opens a device whatever directory it is in. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin|conout|clock|com[0-9]|lpt[0-9])(?:\.|$)/;

const MAX_APP_LENGTH = 48;
const MAX_ENVIRONMENT_LENGTH = 32;

/**
 * Accepts text as a colony id, or says why not.
 *
 * Nothing is changed on the way: an id that needs a correction is refused with the correction in
 * `details.suggestion`, so that one colony never goes by two spellings.
 *
 * @throws {ConfigError} `CONFIG_COLONY_ID_INVALID`
 * @example
 * parseColonyId('my-shop-production'); // the same text, branded
 */
export function parseColonyId(text: string): ColonyId {
  const problem = colonyIdProblem(text);
  if (problem === undefined) return text as ColonyId;
  const suggestion = correctedId(text);
  const hint = suggestion === undefined ? '' : ` Did you mean ${quote(suggestion)}?`;
  throw new ConfigError(
    'CONFIG_COLONY_ID_INVALID',
    `${quote(text)} is not a colony id: it ${problem}.${hint}`,
    { details: suggestion === undefined ? {} : { suggestion } },
  );
}

/** Whether text is a colony id; the questioning form of {@link parseColonyId}. */
export function isColonyId(text: string): text is ColonyId {
  return colonyIdProblem(text) === undefined;
}

/**
 * What keeps text from being a colony id, as the end of a sentence that begins with "it", or
 * `undefined` when nothing does.
 */
export function colonyIdProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.length > MAX_COLONY_ID_LENGTH) {
    return `is longer than ${MAX_COLONY_ID_LENGTH} characters`;
  }
  if (!ALLOWED.test(text)) {
    return "may hold only lower-case letters, digits, '-', '_' and '.'";
  }
  if (!/^[a-z0-9]/.test(text)) return 'must begin with a letter or a digit';
  if (!/[a-z0-9]$/.test(text)) return 'must end with a letter or a digit';
  if (text.includes('..')) return "must not hold '..'";
  if (WINDOWS_DEVICE.test(text)) return 'is the name of a device on Windows';
  return undefined;
}

export interface CreateColonyIdOptions {
  /** Name of the application, as people write it: `My Shop`. */
  readonly app: string;
  /** Name of the environment, as people write it: `production`. */
  readonly environment: string;
  readonly random: RandomBytes;
}

/**
 * Makes a fresh id `<app>-<environment>-<6 hex digits>`.
 *
 * Both names are normalised: accents dropped, lower case, everything else than letters and digits
 * a single `-`, cut to 48 and 32 characters.
 *
 * @throws {ConfigError} `CONFIG_COLONY_ID_INVALID` when a name has no letter or digit left
 * @example
 * createColonyId({ app: 'My Shop', environment: 'Production', random: randomBytes });
 * // 'my-shop-production-0977e1'
 */
export function createColonyId({ app, environment, random }: CreateColonyIdOptions): ColonyId {
  const suffix = Buffer.from(random(3)).toString('hex');
  if (suffix.length !== 6) throw new TypeError('random(3) must return 3 bytes');
  const appPart = namePart('application', app, MAX_APP_LENGTH);
  const environmentPart = namePart('environment', environment, MAX_ENVIRONMENT_LENGTH);
  return parseColonyId(`${appPart}-${environmentPart}-${suffix}`);
}

function namePart(what: string, name: string, maxLength: number): string {
  const part = slug(name).slice(0, maxLength).replace(/-$/, '');
  if (part !== '') return part;
  throw new ConfigError(
    'CONFIG_COLONY_ID_INVALID',
    `The ${what} name ${quote(name)} holds no letter a-z or digit to make a colony id from.`,
  );
}

function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Only case and surrounding blanks are corrected: anything more would be guessing at an identity. */
function correctedId(text: string): string | undefined {
  if (!/^[\x20-\x7e]+$/.test(text)) return undefined;
  const corrected = text.trim().toLowerCase();
  return isColonyId(corrected) ? corrected : undefined;
}
