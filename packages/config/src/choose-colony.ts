import { ConfigError } from './errors.js';
import type { ColonyId } from './colony-id.js';
import type { SettingLayer } from './merge-tiers.js';
import { coloniesPath } from './paths.js';
import type { SettingSource } from './setting-source.js';

/** Which colony is meant: one that was named, the only one there is, or none and why. */
export type ColonyChoice =
  | { readonly kind: 'named'; readonly colonyId: ColonyId; readonly source: SettingSource }
  | { readonly kind: 'only'; readonly colonyId: ColonyId; readonly layer: SettingLayer }
  | { readonly kind: 'none'; readonly error: ConfigError };

export interface ChooseColonyOptions {
  /** The tiers that may name a colony. */
  readonly strongestFirst: readonly SettingLayer[];
  /** Ids that have a file. */
  readonly known: readonly ColonyId[];
  readonly baseDir: string;
}

/**
 * Decides which colony is meant.
 *
 * The strongest tier that names one wins, whether or not it exists. When nobody names one, the only
 * existing colony is taken; among several none is guessed, because starting or asking the wrong one
 * would look like lost data.
 */
export function chooseColony({
  strongestFirst,
  known,
  baseDir,
}: ChooseColonyOptions): ColonyChoice {
  for (const layer of strongestFirst) {
    const named = layer.get('colony_id');
    // Layers are validated before they get here.
    if (named) return { kind: 'named', colonyId: named.value as ColonyId, source: named.source };
  }
  const [only, ...others] = known;
  if (only === undefined) return { kind: 'none', error: noColony(baseDir) };
  if (others.length > 0) return { kind: 'none', error: ambiguous(known) };
  const note = `the only colony in ${coloniesPath(baseDir)}`;
  const layer: SettingLayer = new Map([
    ['colony_id', { value: only, source: { tier: 'default', note } }],
  ]);
  return { kind: 'only', colonyId: only, layer };
}

function noColony(baseDir: string): ConfigError {
  return new ConfigError(
    'CONFIG_NO_COLONY',
    `No colony is configured: none is named, and there is none in ${coloniesPath(baseDir)}. ` +
      'Make one with: coral init <app>',
    { details: { known: [] } },
  );
}

function ambiguous(known: readonly ColonyId[]): ConfigError {
  return new ConfigError(
    'CONFIG_COLONY_AMBIGUOUS',
    `Several colonies exist and none is named: ${known.join(', ')}. ` +
      'Name one with --colony, CORAL_COLONY_ID or the project’s colony_id, ' +
      'or make one the default with: coral colony use <id>',
    { details: { known } },
  );
}
