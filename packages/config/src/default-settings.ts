import type { SettingCandidate, SettingLayer } from './merge-tiers.js';
import { SETTING_KEYS, settingDefinition } from './settings.js';
import type { SettingKey } from './settings.js';

/** The weakest layer: what holds when nobody says anything. */
export function defaultSettings(): SettingLayer {
  const layer = new Map<SettingKey, SettingCandidate>();
  for (const key of SETTING_KEYS) {
    const value = settingDefinition(key).default;
    if (value !== undefined) layer.set(key, { value, source: { tier: 'default' } });
  }
  return layer;
}
