/** What a stage that has started hands on. */
export interface StartedStage<Added extends object> {
  /** Joined to the context of the stages after it. */
  readonly adds: Added;
  /**
   * Called once the whole start is over and told, for work that would only have delayed it. Not called
   * when the sequence is closed before.
   */
  readonly afterStart?: () => void;
  /** Undoes the stage. Called once, when the colony stops or a later stage fails. */
  readonly close?: () => Promise<void>;
}

/** One step of a start. `Needs` is what the stages before it must have added. */
export interface Stage<Needs extends object, Added extends object> {
  /** Names the stage in the log and in errors. */
  readonly name: string;
  readonly start: (context: Needs) => Promise<StartedStage<Added>>;
}

/** A started sequence: everything its stages added, and one way to close them all. */
export interface Started<Context extends object> {
  readonly context: Context;
  /** Has every stage do what it left for after the start, first one first. */
  afterStart(): void;
  /** Closes every stage, last first. Calling it again waits for the same closing. */
  close(): Promise<void>;
}

/** Tells how far a start or a close has come. */
export interface StartupObserver {
  readonly starting?: (stage: string) => void;
  readonly closing?: (stage: string) => void;
}

/**
 * An ordered list of stages whose types prove that each finds what it needs.
 *
 * A stage that fails stops the start: the stages before it are closed in reverse, and its error
 * is the sequence's error. Failures of that closing join it in an AggregateError, the first one
 * leading. When `signal` is aborted the stage in progress is awaited, and nothing more is started.
 *
 * @example
 * const started = await startupSequence<{ path: string }>()
 *   .stage(storageStage)
 *   .stage(serverStage)
 *   .start({ path }, { signal });
 */
export function startupSequence<Initial extends object>(): StartupSequence<Initial, Initial> {
  return new StartupSequence([]);
}

type AnyStage = Stage<never, object>;
type Close = readonly [name: string, close: () => Promise<void>];

/** See {@link startupSequence}. */
export class StartupSequence<Initial extends object, Context extends object> {
  readonly #stages: readonly AnyStage[];

  constructor(stages: readonly AnyStage[]) {
    this.#stages = stages;
  }

  /** The stages' names, in the order in which they start. */
  get names(): readonly string[] {
    return this.#stages.map(({ name }) => name);
  }

  /** The same list with one more stage at its end. */
  stage<Added extends object>(
    next: Stage<Context, Added>,
  ): StartupSequence<Initial, Context & Added> {
    return new StartupSequence<Initial, Context & Added>([...this.#stages, next]);
  }

  /** Starts the stages one after the other. */
  async start(
    initial: Initial,
    options: { readonly signal?: AbortSignal; readonly observer?: StartupObserver } = {},
  ): Promise<Started<Context>> {
    const { signal, observer = {} } = options;
    const closes: Close[] = [];
    const left: (() => void)[] = [];
    let context: object = initial;
    try {
      for (const stage of this.#stages) {
        signal?.throwIfAborted();
        observer.starting?.(stage.name);
        const started = await stage.start(context as never);
        if (started.afterStart !== undefined) left.push(started.afterStart);
        if (started.close !== undefined) closes.push([stage.name, started.close]);
        context = { ...context, ...started.adds };
      }
      signal?.throwIfAborted();
    } catch (error) {
      throw joinErrors([error, ...(await closeInReverse(closes, observer))]);
    }
    let closed: Promise<void> | undefined;
    return {
      context: context as Context,
      afterStart: () => {
        if (closed === undefined) for (const work of left.splice(0)) work();
      },
      close: () => (closed ??= closeAll(closes, observer)),
    };
  }
}

async function closeAll(closes: readonly Close[], observer: StartupObserver): Promise<void> {
  const errors = await closeInReverse(closes, observer);
  if (errors.length > 0) throw joinErrors(errors);
}

/** Closes all of them, also after one fails, and returns what failed. */
async function closeInReverse(closes: readonly Close[], observer: StartupObserver) {
  const errors: unknown[] = [];
  for (const [name, close] of [...closes].reverse()) {
    try {
      observer.closing?.(name);
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

function joinErrors(errors: readonly unknown[]): unknown {
  if (errors.length === 1) return errors[0];
  const first = errors[0] as Error;
  return new AggregateError(errors, first.message, { cause: first });
}
