/** How many backups stay when older ones are removed. */
export interface KeptBackups {
  /** Days of which the newest backup stays. */
  readonly daily: number;
  /** Weeks of which the newest backup stays. */
  readonly weekly: number;
}

const PART = /^(\d{1,4})\s+(daily|weekly)$/;

/** Reads `7 daily, 4 weekly`, or either alone; `undefined` when it is neither. */
export function parseKeptBackups(text: string): KeptBackups | undefined {
  const kept = { daily: 0, weekly: 0 };
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    const [, count, unit] = PART.exec(part.trim()) ?? [];
    if (unit === undefined || seen.has(unit)) return undefined;
    seen.add(unit);
    kept[unit as keyof KeptBackups] = Number(count);
  }
  return kept.daily + kept.weekly > 0 ? kept : undefined;
}
