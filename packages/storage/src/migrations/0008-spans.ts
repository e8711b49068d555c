import {
  connectionPartsDdl,
  dirtyConnectionsDdl,
  spanOperationsDdl,
  spansDdl,
} from '../schema/tables/spans.js';
import type { Migration } from './migration.js';

/** Spans, and what is kept to make connections of them. */
export const spans: Migration = {
  version: 8,
  name: 'spans',
  statements: [spansDdl, spanOperationsDdl, dirtyConnectionsDdl, connectionPartsDdl],
};
