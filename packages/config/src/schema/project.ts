import * as z from 'zod/mini';
import { sharedSections } from './sections.js';
import { colonyId } from './values.js';

/** `<project>/.coral/config.yaml`: which colony a project belongs to, and what it does differently. */
export const projectSchema = z.strictObject({
  colony_id: z.optional(colonyId),
  ...sharedSections,
});
