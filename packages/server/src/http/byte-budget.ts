/**
 * Bounds the memory that request bodies take together, so that many large requests at once are
 * turned away instead of exhausting the process.
 */
export class ByteBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes held now. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Opens an account for one request. Its {@link ByteAccount.release} must be called. */
  open(): ByteAccount {
    let held = 0;
    return {
      take: (bytes) => {
        if (this.#usedBytes + bytes > this.#limitBytes) return false;
        this.#usedBytes += bytes;
        held += bytes;
        return true;
      },
      release: () => {
        this.#usedBytes -= held;
        held = 0;
      },
    };
  }
}

/** What one request holds of a {@link ByteBudget}. */
export interface ByteAccount {
  /** Takes more; false, and nothing taken, when the budget has not that much left. */
  take(bytes: number): boolean;
  /** Gives everything back. Idempotent. */
  release(): void;
}
