import * as z from 'zod/mini';
import { parseDuration } from '../parse-duration.js';
import { scrapeAddress } from '../scrape-address.js';
import { directory, name, text } from './values.js';

/** Shorter is a slip of the pen, and more than a small machine keeps up with. */
const LEAST_INTERVAL_MS = 1_000;
const MAX_JOBS = 100;
const MAX_TARGETS = 1_000;
const MAX_LABELS = 32;

const interval = z
  .string()
  .check(z.refine((value) => (parseDuration(value) ?? 0) >= LEAST_INTERVAL_MS));
const path = text.check(z.regex(/^\/[^#]*$/));
const labelName = z.string().check(z.regex(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/));
const labels = z
  .record(labelName, name)
  .check(z.refine((value) => Object.keys(value).length <= MAX_LABELS));

/** What a job may hold in any file. */
const jobShape = {
  job: name,
  targets: z
    .array(z.string().check(z.refine((value) => scrapeAddress(value) !== undefined)))
    .check(z.minLength(1), z.maxLength(MAX_TARGETS)),
  interval: z.optional(interval),
  timeout: z.optional(interval),
  path: z.optional(path),
  labels: z.optional(labels),
};

/** What it may hold in files that come from nobody else: it sends a secret to an address. */
const credentialShape = {
  bearer_token_file: z.optional(directory),
  basic_auth: z.optional(z.strictObject({ username: name, password_file: directory })),
};

export const credentialKeys: readonly string[] = Object.keys(credentialShape);

type Jobs = readonly { readonly job: string; readonly targets: readonly string[] }[];

/** Two with one name and one address would write the same series. */
const noTargetTwice = z.refine<Jobs>((jobs) => {
  const all = jobs.flatMap(({ job, targets }) =>
    targets.map((target) => `${job}\n${scrapeAddress(target)?.instance}`),
  );
  return new Set(all).size === all.length;
});

/** The list that a project's file may hold. */
export const projectJobs = z
  .array(z.strictObject(jobShape))
  .check(z.maxLength(MAX_JOBS), noTargetTwice);

/** The list that the colony's file and the global one may hold. */
export const jobs = z
  .array(z.strictObject({ ...jobShape, ...credentialShape }))
  .check(z.maxLength(MAX_JOBS), noTargetTwice);

/** The end of a sentence "… must be", for what stands inside `scrape`. */
export const jobExpectations: Readonly<Record<string, string>> = {
  '': 'a job with its name (job) and targets',
  job: 'text of 1 to 200 characters in one line',
  targets:
    'a list of addresses such as 127.0.0.1:9100 or http://127.0.0.1:9100/metrics, without user, password and fragment',
  interval: 'a duration of at least 1s such as 15s',
  timeout: 'a duration of at least 1s such as 10s',
  path: 'a path such as /metrics',
  labels: `a mapping of at most ${MAX_LABELS} label names (letters, digits and _) to text`,
  bearer_token_file: 'the path of a file',
  basic_auth: 'a mapping with username and password_file',
};
