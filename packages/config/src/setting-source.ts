/** A configuration file's kind. */
export type FileTier = 'project' | 'colony' | 'global';

/**
 * Where a value comes from; a type of its own per tier, because each is found differently.
 *
 * Units: line and column 1-based, of the value.
 */
export type SettingSource =
  | { readonly tier: 'flag'; readonly flag: string }
  | { readonly tier: 'environment'; readonly variable: string }
  | {
      readonly tier: FileTier;
      readonly file: string;
      readonly line: number;
      readonly column: number;
    }
  | { readonly tier: 'default'; readonly note?: string };

/**
 * A source as people read it: `flag --port`, `environment variable CORAL_PORT`,
 * `project /srv/shop/.coral/config.yaml:3`, `default`.
 */
export function describeSource(source: SettingSource): string {
  switch (source.tier) {
    case 'flag':
      return `flag ${source.flag}`;
    case 'environment':
      return `environment variable ${source.variable}`;
    case 'default':
      return source.note === undefined ? 'default' : `default (${source.note})`;
    default:
      return `${source.tier} ${source.file}:${source.line}`;
  }
}
