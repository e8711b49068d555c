import { describeSource, explainConfig } from '@coral/config';
import type { CommandContext } from '../command-context.js';
import { configContext } from './resolve-colony.js';

/** Which colony is configured here. */
export interface ConfiguredColony {
  /** Absent when none is, or several are and none is named. */
  readonly colonyId?: string;
  /** What chose it, or why none is, in words. */
  readonly source: string;
}

/** Asks the configuration which colony it means, whether or not that colony exists. */
export async function configuredColony(context: CommandContext): Promise<ConfiguredColony> {
  const [row] = await explainConfig({ ...configContext(context), key: 'colony_id' });
  const { value, source } = row!;
  const described = describeSource(source);
  return value === undefined
    ? { source: described }
    : { colonyId: String(value), source: described };
}
