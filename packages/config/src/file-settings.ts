import type { SettingCandidate, SettingLayer } from './merge-tiers.js';
import type { FileTier } from './setting-source.js';
import { settingDefinition, settingKeyOf } from './settings.js';
import type { SettingKey } from './settings.js';
import type { YamlSource } from './yaml-source.js';

/**
 * What a checked file says, setting by setting, each with its place.
 *
 * A colony file's own `colony_id` is left out: it states who the colony is, it does not choose one.
 */
export function fileSettings(source: YamlSource, tier: FileTier): SettingLayer {
  const layer = new Map<SettingKey, SettingCandidate>();
  for (const { path, value } of leaves(source.data, [])) {
    const key = settingKeyOf(path.join('.'));
    if (key === undefined || !settingDefinition(key).tiers.includes(tier)) continue;
    layer.set(key, { value, source: { tier, file: source.file, ...source.locate(path) } });
  }
  return layer;
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: SettingCandidate['value'];
}

function leaves(data: unknown, path: readonly string[]): Leaf[] {
  // A section with everything in it commented out is null.
  if (data === null) return [];
  if (typeof data !== 'object' || settingKeyOf(path.join('.')) !== undefined) {
    return [{ path, value: data as Leaf['value'] }];
  }
  return Object.entries(data).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}
