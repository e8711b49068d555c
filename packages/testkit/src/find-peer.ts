import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Where `npm run peers:install` puts programs, below the workspace's root. */
const peersDirectory = join('.peers', 'usr', 'bin');

/** What {@link findPeer} looks at. */
export interface FindPeerOptions {
  /** Default `process.env`: `PATH` is searched, and `CI` makes an absent program an error. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the search for `.peers/usr/bin` starts, and goes up from. Default the working directory. */
  readonly from?: string;
}

/**
 * Finds a real program to test against, such as `prometheus`: on `PATH`, or where
 * `npm run peers:install` puts it.
 *
 * A spec is left out where a peer is absent, but never in CI, where nobody would notice.
 *
 * Shape:  the path of the program; undefined when it is absent.
 *
 * @throws {Error} when it is absent and the environment says `CI`
 * @example
 * const prometheus = findPeer('prometheus');
 * const describeWithPrometheus = prometheus === undefined ? describe.skip : describe;
 */
export function findPeer(name: string, options: FindPeerOptions = {}): string | undefined {
  const { env = process.env, from = process.cwd() } = options;
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  const above = ancestors(from).map((directory) => join(directory, peersDirectory));
  const found = [...onPath, ...above].map((directory) => join(directory, name)).find(isExecutable);
  if (found === undefined && isSet(env['CI'])) {
    throw new Error(
      `There is no ${name} on PATH or in ${peersDirectory}, and in CI no test is left out. Run: npm run peers:install`,
    );
  }
  return found;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}

function ancestors(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...ancestors(parent)];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
