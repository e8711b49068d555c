import { homedir } from 'node:os';
import { workspaceRoot } from '../workspace-files.js';

// Examples need paths too. These people do not exist.
const INVENTED = 'a|ada|alex|me|user|you';

const patterns: readonly RegExp[] = [
  new RegExp(`(?<![\\w.:-])/home/(?!(?:${INVENTED})\\b)\\w`),
  /(?<![\w.:*-])\/(?:root|work|Users)\/\w/,
  /\bregistry\.[\w-]+\.(?:com|dev|io|net|org)\b/,
];

/** Places of this very machine: they mean something here and nowhere else. */
const here: readonly string[] = [workspaceRoot, homedir(), configuredRegistry()].filter(
  (place) => place.length > '/root'.length,
);

/** Lists the lines that name a place on somebody's machine or the host of a package registry. */
export function privatePlaces(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      patterns.some((pattern) => pattern.test(line)) || here.some((place) => line.includes(place))
        ? [`${index + 1}: ${line.trim().slice(0, 120)}`]
        : [],
    );
}

function configuredRegistry(): string {
  const url = process.env['npm_config_registry'];
  return url === undefined ? '' : new URL(url).host;
}
