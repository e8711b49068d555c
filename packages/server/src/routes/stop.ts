import { answerJson } from '../answers/json-answer.js';
import { ServerError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Route } from './route.js';

/**
 * `POST /api/v1/stop`: asks the colony's owner to shut it down, and answers before that begins.
 *
 * The server does not stop itself: whoever started it closes it together with everything else.
 */
export function stopRoute(onShutdownRequested: (() => void) | undefined, logger: Logger): Route {
  return {
    method: 'POST',
    path: '/api/v1/stop',
    access: 'token',
    dialect: 'json',
    answer: async (_request, response) => {
      if (onShutdownRequested === undefined) {
        throw new ServerError(
          'SERVER_STOP_UNSUPPORTED',
          'This colony runs inside a program that does not stop on request. Stop that program.',
        );
      }
      logger.info({}, 'shutdown requested over the API');
      response.once('finish', onShutdownRequested);
      answerJson(response, 202, { stopping: true }, { connection: 'close' });
    },
  };
}
