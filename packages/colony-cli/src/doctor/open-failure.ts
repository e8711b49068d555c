import type { ResolvedConfig } from '@coral/config';
import type { Finding } from '@coral/storage';
import { isCodedError } from '../coded-error.js';
import { leadingError } from '../report-error.js';

/** What mends a colony that cannot be opened or does not answer, by the error's code. */
const remedies: Readonly<Record<string, string>> = {
  STORAGE_LOCKED: 'coral colony stop',
  STORAGE_CORRUPT: 'coral colony restore --input <backup>',
  STORAGE_NOT_A_DATABASE: 'coral colony restore --input <backup>',
  STORAGE_SCHEMA_NEWER: 'npm install --global @coral/colony-cli@latest',
  STORAGE_MIGRATION_CHANGED: 'coral colony restore --input <backup>',
  STORAGE_MIGRATION_PENDING: 'coral colony migrate --apply',
  STORAGE_FATAL: 'coral colony stop && coral colony start',
  CLI_UNREACHABLE: 'coral colony stop && coral colony start',
  CLI_UNAUTHORIZED: 'coral colony stop && coral colony start',
};

/**
 * A failure to open, or to be answered, as a finding.
 *
 * @throws what carries no code: that is a defect, and its stack is wanted
 */
export function openFailure(error: unknown, { storage }: ResolvedConfig): Finding {
  const failure = leadingError(error);
  if (!isCodedError(failure)) throw error;
  const { code, message } = failure;
  return {
    check: 'open',
    severity: code === 'STORAGE_MIGRATION_PENDING' ? 'warning' : 'error',
    message: `${message} (${code})`,
    remedy: remedies[code] ?? `ls -ld '${storage.path}' && df -h '${storage.path}'`,
  };
}
