import * as z from 'zod/mini';
import { projectJobs } from './scrape.js';
import { sharedSections } from './sections.js';
import { colonyId } from './values.js';

/** `<project>/.coral/config.yaml`: which colony a project belongs to, and what it does differently. */
export const projectSchema = z.strictObject({
  colony_id: z.optional(colonyId),
  ...sharedSections,
  // Without what would send a secret of this machine to an address of somebody else.
  scrape: z.optional(z.nullable(projectJobs)),
});
