import { isUpgradeMarked } from '../migrations/interrupted-upgrade.js';
import { listUpgradeBackups } from '../migrations/upgrade-backup.js';
import type { Finding } from './finding.js';

/** Whether an upgrade was cut off, and which copies from before upgrades take room. */
export async function checkUpgrade(databasePath: string): Promise<Finding> {
  if (await isUpgradeMarked(databasePath)) {
    return {
      check: 'upgrade',
      severity: 'warning',
      message: 'An upgrade of the schema was cut off. The next start undoes it and begins anew.',
      remedy: 'coral colony migrate --apply',
    };
  }
  const backups = await listUpgradeBackups(databasePath);
  const message =
    backups.length === 0
      ? 'No upgrade was cut off.'
      : `No upgrade was cut off. Copies from before earlier ones: ${backups.join(', ')}.`;
  return { check: 'upgrade', severity: 'ok', message };
}
