import type { ResolvedConfig } from '@coral/config';
import { apiToken } from '@coral/config';
import type { ApiAddress } from './api-client.js';
import type { RunFile } from './run-file.js';

/** Where a running colony answers, with the token that its secret gives. */
export function apiAddress(
  config: Pick<ResolvedConfig, 'colonySecret'>,
  run: Pick<RunFile, 'host' | 'port'>,
): ApiAddress {
  return { host: run.host, port: run.port, token: apiToken(config.colonySecret) };
}
