import * as z from 'zod/mini';
import { describe, describeType, valueProblem } from './check-value.js';
import type { ValueProblem } from './check-value.js';
import { ConfigError } from './errors.js';
import type { ConfigProblem } from './errors.js';
import { quote } from './quote.js';
import { ruleExpectations } from './schema/retention.js';
import { credentialKeys, jobExpectations } from './schema/scrape.js';
import { TIER_SCHEMAS, tierKeys } from './schema/tier-schemas.js';
import type { FileTier } from './setting-source.js';
import { settingKeyOf } from './settings.js';
import { fold, suggest } from './suggest.js';
import type { YamlSource } from './yaml-source.js';

export type TierDocument<T extends FileTier> = z.infer<(typeof TIER_SCHEMAS)[T]>;

const FILE_TIERS = ['project', 'colony', 'global'] as const;

/** Where a key belongs, said where a key of another file is found. */
const FILE_OF_TIER: Readonly<Record<FileTier, string>> = {
  project: "the project's .coral/config.yaml",
  colony: "the colony's file in ~/.coral/colonies",
  global: '~/.coral/config.yaml',
};

/**
 * Checks a parsed file against its tier's schema.
 *
 * Everything wrong with the file is reported at once, in the order of its lines.
 *
 * @throws {ConfigError} with the code of the first problem: `CONFIG_UNKNOWN_KEY`,
 *   `CONFIG_INVALID_VALUE` or `CONFIG_COLONY_ID_INVALID`
 */
export function checkTier<T extends FileTier>(source: YamlSource, tier: T): TierDocument<T> {
  const result = z.safeParse(TIER_SCHEMAS[tier], source.data);
  if (result.success) return result.data as TierDocument<T>;
  const problems = result.error.issues
    .flatMap((issue) => describeIssue(issue, source, tier))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  throw tierError(source.file, problems);
}

/** One error for the problems of one file; there is at least one. */
export function tierError(file: string, problems: readonly ConfigProblem[]): ConfigError {
  const [first] = problems as [ConfigProblem];
  const lines = problems.map(
    ({ line, column, message }) =>
      `${file}:${line}:${column}: ${message}${message.endsWith('?') ? '' : '.'}`,
  );
  return new ConfigError(first.code, lines.join('\n'), {
    details: {
      file,
      line: first.line,
      column: first.column,
      ...(first.key === undefined ? {} : { key: first.key }),
      ...(first.suggestion === undefined ? {} : { suggestion: first.suggestion }),
      problems,
    },
  });
}

function describeIssue(
  issue: z.core.$ZodIssue,
  source: YamlSource,
  tier: FileTier,
): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path, key], source, tier));
  }
  const key = issue.path.join('.');
  const found = valueAt(source.data, issue.path);
  if (issue.code === 'invalid_union' && isMapping(found)) {
    const inner = issue.errors.find((issues) => issues.every(({ path }) => path.length > 0)) ?? [];
    if (inner.length > 0) {
      const nested = inner.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
      return nested.flatMap((one) => describeIssue(one, source, tier));
    }
  }
  const problem = problemAt(issue.path, found);
  return [{ ...problem, ...source.locate(issue.path), ...(key === '' ? {} : { key }) }];
}

function problemAt(path: readonly PropertyKey[], found: unknown): ValueProblem {
  const key = path.join('.');
  const setting = settingKeyOf(key);
  if (setting !== undefined) return valueProblem(setting, key, found);
  const expects = expectationInside(path);
  return {
    code: 'CONFIG_INVALID_VALUE',
    message:
      expects === undefined
        ? `${key || 'the file'} must hold keys, not a ${describeType(found)}`
        : `${key} must be ${expects}, not ${describe(found)}`,
  };
}

/** What a part of a setting that is a mapping or a list must be. */
function expectationInside(path: readonly PropertyKey[]): string | undefined {
  const [section, ...rest] = path.map(String);
  if (section === 'scrape') return jobExpectations[rest[1] ?? ''];
  if (section !== 'storage' || rest[0] !== 'retention') return undefined;
  if (rest[1] === 'rules') return ruleExpectations[rest[3] ?? ''];
  return rest.length > 2 ? ruleExpectations['keep'] : undefined;
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownKey(
  path: readonly PropertyKey[],
  source: YamlSource,
  tier: FileTier,
): ConfigProblem {
  const key = path.map(String).join('.');
  const hint = hintFor(path, tier);
  return {
    code: 'CONFIG_UNKNOWN_KEY',
    message: `unknown key ${quote(key)}${hint.text}`,
    ...source.locateKey(path),
    key,
    ...(hint.suggestion === undefined ? {} : { suggestion: hint.suggestion }),
  };
}

function hintFor(path: readonly PropertyKey[], tier: FileTier): Hint {
  const key = path.map(String).join('.');
  if (tier === 'project' && path[0] === 'scrape' && credentialKeys.includes(String(path[2]))) {
    return { text: `; it belongs in ${FILE_OF_TIER.colony}, with the list around it` };
  }
  const known = tierKeys(tier);
  const otherSpelling = known.find((candidate) => fold(candidate) === fold(key));
  if (otherSpelling !== undefined) return meant(otherSpelling);
  const elsewhere = FILE_TIERS.find((other) =>
    tierKeys(other).some((candidate) => candidate === key || candidate.startsWith(`${key}.`)),
  );
  if (elsewhere !== undefined) return { text: `; it belongs in ${FILE_OF_TIER[elsewhere]}` };
  const near = nearKey(path, known);
  return near === undefined ? { text: '' } : meant(near);
}

interface Hint {
  readonly text: string;
  readonly suggestion?: string;
}

function meant(suggestion: string): Hint {
  return { text: `; did you mean ${quote(suggestion)}?`, suggestion };
}

/** A misspelt key of the same section, or a key that was written outside its section. */
function nearKey(path: readonly PropertyKey[], known: readonly string[]): string | undefined {
  const prefix = path
    .slice(0, -1)
    .map((part) => `${String(part)}.`)
    .join('');
  const last = String(path.at(-1));
  const siblings = known
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length).split('.')[0]!);
  const sibling = suggest(last, new Set(siblings));
  if (sibling !== undefined) return prefix + sibling;
  return known.find((key) => fold(key.split('.').at(-1)!) === fold(last));
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    data,
  );
}
