import type { ColonyId } from './colony-id.js';
import { ConfigError } from './errors.js';
import { describeSource } from './setting-source.js';
import type { SettingSource } from './setting-source.js';
import { suggest } from './suggest.js';

export interface UnknownColonyOptions {
  readonly colonyId: ColonyId;
  /** The file that is not there. */
  readonly file: string;
  readonly known: readonly string[];
  /** Who named the colony. */
  readonly source?: SettingSource;
}

/** The error for a well-formed id that has no file: `CONFIG_COLONY_UNKNOWN`. */
export function unknownColony({
  colonyId,
  file,
  known,
  source,
}: UnknownColonyOptions): ConfigError {
  const suggestion = suggest(colonyId, known);
  const namedBy = source === undefined ? '' : `, named by ${describeSource(source)},`;
  const choices =
    known.length === 0
      ? 'There are no colonies yet; run: coral init <app>'
      : `Known colonies: ${known.join(', ')}.`;
  return new ConfigError(
    'CONFIG_COLONY_UNKNOWN',
    `Colony ${colonyId}${namedBy} has no file ${file}. ` +
      (suggestion === undefined ? '' : `Did you mean ${suggestion}? `) +
      choices,
    { details: { file, known, ...(suggestion === undefined ? {} : { suggestion }) } },
  );
}
