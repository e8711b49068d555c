import { announcementStage } from './announcement-stage.js';
import type { StartRequest } from './configuration-stage.js';
import { configurationStage } from './configuration-stage.js';
import { jobsStage } from './jobs-stage.js';
import type { StopRequests } from './server-stage.js';
import { serverStage } from './server-stage.js';
import { startupSequence } from './startup-sequence.js';
import type { StorageRequest } from './storage-stage.js';
import { storageStage } from './storage-stage.js';

/**
 * The order in which a colony starts, and in reverse stops.
 *
 * The mesh will take its place between storage and server: agents send as soon as they are
 * connected, so the store must be open before. Discovery will take its place at the end: a colony
 * is announced to others when it answers.
 *
 * Source: RFD 010, "Colony Startup".
 */
export const colonyStartup = startupSequence<StartRequest & StopRequests & StorageRequest>()
  .stage(configurationStage)
  .stage(storageStage)
  .stage(serverStage)
  .stage(jobsStage)
  .stage(announcementStage);
