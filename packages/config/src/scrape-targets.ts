import { expandPath } from './expand-path.js';
import { mergedValue } from './merge-tiers.js';
import type { MergedSettings } from './merge-tiers.js';
import { parseDuration } from './parse-duration.js';
import { present } from './present.js';
import { scrapeAddress } from './scrape-address.js';

/** One address that the colony fetches metrics from by itself. */
export interface ScrapeTarget {
  readonly job: string;
  /** `host:port`. */
  readonly instance: string;
  /** http or https, with its path, without user and password. */
  readonly url: string;
  /** From one scrape to the next, milliseconds. */
  readonly intervalMs: number;
  /** At most `intervalMs`. */
  readonly timeoutMs: number;
  /** Labels of everything that the target serves, beside job and instance. */
  readonly labels: Readonly<Record<string, string>>;
  /** Absolute; the file's text is sent as a bearer token. */
  readonly bearerTokenFile?: string;
  readonly basicAuth?: {
    readonly username: string;
    /** Absolute. */
    readonly passwordFile: string;
  };
}

const DEFAULT_INTERVAL_MS = 15_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_PATH = '/metrics';

/**
 * The targets that `scrape` names, in its order. Relative paths of files are relative to `from`, a
 * leading `~` is `homeDir`. A timeout longer than the interval is the interval.
 */
export function scrapeTargets(
  merged: MergedSettings,
  options: { readonly from: string; readonly homeDir: string },
): ScrapeTarget[] {
  const jobs = mergedValue(merged, 'scrape') ?? [];
  return jobs.flatMap(({ targets, job, path, labels = {}, ...rest }) => {
    const intervalMs = milliseconds(rest.interval) ?? DEFAULT_INTERVAL_MS;
    const timeoutMs = Math.min(milliseconds(rest.timeout) ?? DEFAULT_TIMEOUT_MS, intervalMs);
    const { bearer_token_file: tokenFile, basic_auth: basic } = rest;
    const credentials = present({
      bearerTokenFile: tokenFile === undefined ? undefined : expandPath(tokenFile, options),
      basicAuth:
        basic === undefined
          ? undefined
          : {
              username: basic.username,
              passwordFile: expandPath(basic.password_file, options),
            },
    });
    return targets.map((target) => {
      const { url, instance, hasPath } = scrapeAddress(target)!;
      const whole = hasPath ? url : new URL(path ?? DEFAULT_PATH, url);
      return { job, instance, url: whole.href, intervalMs, timeoutMs, labels, ...credentials };
    });
  });
}

function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}
