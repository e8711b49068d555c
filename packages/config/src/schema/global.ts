import * as z from 'zod/mini';
import { sharedSections } from './sections.js';
import { colonyId } from './values.js';

/** `~/.coral/config.yaml`: what holds for every colony of this user. */
export const globalSchema = z.strictObject({
  default_colony: z.optional(colonyId),
  ...sharedSections,
});
