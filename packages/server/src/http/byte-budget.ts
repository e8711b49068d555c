/** Memory that is kept for the next requests, and the least piece of it. bytes */
const spareBytes = 8 * 1024 ** 2;
const leastBytes = 64 * 1024;

/**
 * Bounds the memory that request bodies take together, so that many large requests at once are
 * turned away instead of exhausting the process; and has the next ones use it again, since what is new
 * for each stays until the garbage collector comes.
 */
export class ByteBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;
  #spare: Buffer[] = [];

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
    const lent: Buffer[] = [];
    return {
      take: (bytes) => {
        if (this.#usedBytes + bytes > this.#limitBytes) return false;
        this.#usedBytes += bytes;
        held += bytes;
        return true;
      },
      memory: (bytes) => {
        const memory = this.#takeSpare(bytes) ?? Buffer.allocUnsafeSlow(sizeFor(bytes));
        lent.push(memory);
        return memory;
      },
      release: () => {
        this.#usedBytes -= held;
        held = 0;
        this.#keep(lent.splice(0));
      },
    };
  }

  #takeSpare(bytes: number): Buffer | undefined {
    const index = this.#spare.findIndex(({ length }) => length >= bytes);
    return index === -1 ? undefined : this.#spare.splice(index, 1)[0];
  }

  /** The newest first: what nobody takes any more goes. */
  #keep(memory: readonly Buffer[]): void {
    let kept = 0;
    this.#spare = [...memory, ...this.#spare].filter(
      ({ length }) => (kept += length) <= spareBytes,
    );
  }
}

/** What one request holds of a {@link ByteBudget}. */
export interface ByteAccount {
  /** Takes more; false, and nothing taken, when the budget has not that much left. */
  take(bytes: number): boolean;
  /** Memory of that size at least, for what is {@link take}n, until `release`; what is in it is anything. */
  memory(bytes: number): Buffer;
  /** Gives everything back. Idempotent. */
  release(): void;
}

/** Few sizes, so that a request finds what another one left. */
function sizeFor(bytes: number): number {
  return Math.max(leastBytes, 2 ** Math.ceil(Math.log2(bytes)));
}
