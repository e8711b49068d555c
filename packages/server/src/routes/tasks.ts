import type { Progress } from '@coral/storage';
import { failureFrom } from '../answers/failure.js';
import { failureBody } from '../answers/json-answer.js';
import { ServerError } from '../errors.js';
import type { ByteBudget } from '../http/byte-budget.js';
import { abortedByClose, beginLines, writeLine } from '../http/json-lines.js';
import { readJsonInput } from '../http/read-json-input.js';
import { pathOf } from '../listen/exchange.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import { findTask } from '../tasks/registry.js';
import type { PreparedTask, TaskContext } from '../tasks/task.js';
import type { Route } from './route.js';

const path = '/api/v1/tasks/';
const maxBodyBytes = 1_048_576;
/** A task that has nothing new to tell says so this often, so that its caller knows it lives. ms */
const repeatEveryMs = 5_000;

/** What the route works with. */
export interface TasksRouteOptions extends TaskContext {
  readonly bodies: ByteBudget;
}

/**
 * `POST /api/v1/tasks/{name}`: runs one long operation, answered as lines of JSON while it runs.
 *
 * Shape: any number of `{"progress":{phase,done,total?,unit}}`, then exactly one `{"end":result}` or
 * `{"error":{code,message}}`: an answer without its last line was cut. Input that cannot be used is
 * an HTTP status instead.
 *
 * A task runs once at a time, unless it is brief. A caller that goes away stops it.
 */
export function tasksRoute({ bodies, ...context }: TasksRouteOptions): Route {
  const running = new Set<string>();
  const answer = async (request: HttpRequest, response: HttpResponse): Promise<void> => {
    const task = findTask(pathOf(request).slice(path.length));
    const run = task.prepare(await readJsonInput(request, bodies, maxBodyBytes));
    if (task.brief) return await tell(run, context, response);
    if (running.has(task.name)) {
      throw new ServerError('SERVER_TASK_RUNNING', `A ${task.name} is under way already.`);
    }
    running.add(task.name);
    try {
      await tell(run, context, response);
    } finally {
      running.delete(task.name);
    }
  };
  return { method: 'POST', path: `${path}{name}`, access: 'token', dialect: 'json', answer };
}

async function tell(
  run: PreparedTask,
  context: TaskContext,
  response: HttpResponse,
): Promise<void> {
  const signal = abortedByClose(response);
  beginLines(response);
  const teller = tellProgress(response, signal);
  let last: object;
  try {
    last = { end: await run(context, { signal, onProgress: teller.onProgress }) };
  } catch (reason) {
    last = { error: failureBody(failureFrom(reason, context.logger)) };
  }
  await teller.stop();
  await writeLine(response, last, signal);
  response.end();
}

/**
 * Writes the newest progress, one line at a time: what a slow caller has not read yet is left out
 * when there is something newer.
 */
function tellProgress(response: HttpResponse, signal: AbortSignal) {
  let newest: Progress = { phase: 'start', done: 0, unit: 'steps' };
  let writing: Promise<void> | undefined;
  const write = (): void => {
    writing ??= writeLine(response, { progress: newest }, signal).finally(() => {
      writing = undefined;
    });
  };
  write();
  const timer = setInterval(write, repeatEveryMs);
  let lastAt = 0;
  return {
    onProgress: (progress: Progress): void => {
      const isNewPhase = progress.phase !== newest.phase;
      newest = progress;
      const now = performance.now();
      if (!isNewPhase && now - lastAt < 100) return;
      lastAt = now;
      write();
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await writing;
    },
  };
}
