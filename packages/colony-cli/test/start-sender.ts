import { fileURLToPath } from 'node:url';
import type { ProcessHarness } from '@coral/testkit';
import { spawnProcess } from '@coral/testkit';
import type { CoralWorld } from './use-coral.js';

/** How a program that sends telemetry is started. */
export interface SenderOptions {
  readonly args?: readonly string[];
  /** Default `http/protobuf`. */
  readonly protocol?: 'http/protobuf' | 'grpc';
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program of this folder in a shell that evaluated `coral colony env`. */
export async function startSender(
  coral: CoralWorld,
  program: string,
  { args = [], protocol = 'http/protobuf', env = {} }: SenderOptions = {},
): Promise<ProcessHarness> {
  const { stdout } = await coral.run(['colony', 'env', '--protocol', protocol]);
  const file = fileURLToPath(new URL(program, import.meta.url));
  return await spawnProcess({
    command: 'bash',
    args: ['-c', 'eval "$VARIABLES"; exec "$0" "$@"', process.execPath, file, ...args],
    env: coral.env({ ...env, VARIABLES: stdout }),
  });
}
