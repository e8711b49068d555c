import * as z from 'zod/mini';
import { section, sharedSections } from './sections.js';
import * as value from './values.js';

/** `~/.coral/colonies/<id>.yaml`: who the colony is, its secrets, and what holds for it alone. */
export const colonySchema = z.strictObject({
  // The file's name is the id; a colony_id inside is there to be read, and has to agree.
  colony_id: z.optional(value.colonyId),
  application_name: z.optional(value.name),
  environment: z.optional(value.name),
  colony_secret: value.secret,
  wireguard: section({
    private_key: value.wireguardKey,
    public_key: z.optional(value.wireguardKey),
  }),
  // The older spelling of storage.path, and the one the colony file is written with.
  storage_path: z.optional(value.directory),
  ...sharedSections,
});
