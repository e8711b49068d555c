import type { Database, TaskOptions } from '@coral/storage';
import type { Logger } from '../logger.js';

/** What a task works with. */
export interface TaskContext {
  readonly database: Database;
  readonly logger: Logger;
  /** Of the program that runs the task. */
  readonly version: string;
}

/**
 * One long operation on a colony's store. It is the same whether the colony runs, and is asked over
 * its API, or is stopped, and its file is opened by whoever asks.
 */
export interface Task<Input, Result> {
  /** Its last segment under `/api/v1/tasks/`. */
  readonly name: string;
  /** Whether several may run at once: it is done in a moment. Default false. */
  readonly brief?: boolean;
  /**
   * Reads what came as JSON; paths in it are absolute.
   *
   * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
   */
  parse(body: Readonly<Record<string, unknown>>): Input;
  /** @returns what JSON can hold */
  run(context: TaskContext, input: Input, options: TaskOptions): Promise<Result>;
}

/** A task that has read its input and waits to be started. */
export type PreparedTask = (context: TaskContext, options: TaskOptions) => Promise<unknown>;

/** Makes a task of the registry; its input stays its own business. */
export function defineTask<Input, Result>(task: Task<Input, Result>): AnyTask {
  return {
    name: task.name,
    brief: task.brief ?? false,
    prepare: (body) => {
      const input = task.parse(body);
      return (context, options) => task.run(context, input, options);
    },
  };
}

/** What the registry knows of a task. */
export interface AnyTask {
  readonly name: string;
  readonly brief: boolean;
  /** @throws {ServerError} `SERVER_INPUT_INVALID` with the field */
  prepare(body: Readonly<Record<string, unknown>>): PreparedTask;
}
