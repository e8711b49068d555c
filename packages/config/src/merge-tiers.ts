import type { SettingKey, SettingValue, SettingValues } from './settings.js';
import type { SettingSource } from './setting-source.js';

/** One setting's value as one tier gives it. */
export interface SettingCandidate {
  readonly value: SettingValue;
  readonly source: SettingSource;
}

/** What one tier says: at most one candidate per setting. */
export type SettingLayer = ReadonlyMap<SettingKey, SettingCandidate>;

/** The candidate that counts, and those it hides, nearest first. */
export interface MergedSetting extends SettingCandidate {
  readonly overrode: readonly SettingCandidate[];
}

export type MergedSettings = ReadonlyMap<SettingKey, MergedSetting>;

/**
 * Decides each setting by itself: the first layer that names it wins.
 *
 * Layers come strongest first: flag, environment, project, colony, global, default. A layer that
 * sets `server.port` therefore leaves a weaker layer's `server.host` in force.
 */
export function mergeTiers(strongestFirst: readonly SettingLayer[]): MergedSettings {
  const merged = new Map<SettingKey, MergedSetting>();
  for (const layer of strongestFirst) {
    for (const [key, candidate] of layer) {
      const winner = merged.get(key);
      merged.set(
        key,
        winner === undefined
          ? { ...candidate, overrode: [] }
          : { ...winner, overrode: [...winner.overrode, candidate] },
      );
    }
  }
  return merged;
}

/** The merged value of a setting in its own type; every layer was validated before the merge. */
export function mergedValue<K extends SettingKey>(
  merged: MergedSettings,
  key: K,
): SettingValues[K] | undefined {
  return merged.get(key)?.value as SettingValues[K] | undefined;
}
