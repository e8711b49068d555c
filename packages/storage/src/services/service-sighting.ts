import type { ServiceInput } from '../writes/services.js';

/** A process that was heard of, and what it says of its service. */
export interface ServiceSighting extends ServiceInput {
  /** Tells the process from others of the service; without it the service's agent does. */
  readonly instance?: string;
  /** When the process started, by its own clock; absent when it does not say. */
  readonly startedAt?: Date;
  /** The canonical resource of its points, by which start times in them are found. */
  readonly resource?: string;
}
