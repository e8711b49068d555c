import { ByteTable } from '../byte-table.js';
import type { WireReader } from '../wire/wire-reader.js';

/**
 * The texts of one batch, each held once and called by a number; 0 is `''`. Bytes that were seen
 * before are not made into a string again.
 */
export class BatchTexts {
  readonly #maxLength: number;
  readonly #instead: string;
  readonly #texts: string[] = [''];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #bytes = new ByteTable();

  /**
   * @param maxLength UTF-16 units
   * @param instead what stands for a text that is longer: such texts tell nothing apart
   */
  constructor(maxLength: number, instead: string) {
    this.#maxLength = maxLength;
    this.#instead = instead;
  }

  text(number: number): string {
    return this.#texts[number]!;
  }

  /** The number of a text. */
  number(text: string): number {
    const kept = text.length > this.#maxLength ? this.#instead : text;
    let number = this.#numbers.get(kept);
    if (number === undefined) {
      number = this.#texts.push(kept) - 1;
      this.#numbers.set(kept, number);
    }
    return number;
  }

  /** The number of the text that these bytes are in UTF-8. */
  numberOfBytes(reader: WireReader, from: number, to: number): number {
    if (from === to) return 0;
    // A UTF-16 unit takes at most three bytes.
    if (to - from > this.#maxLength * 3) return this.number(this.#instead);
    const known = this.#bytes.find(0, reader.view, from, to);
    if (known >= 0) return known;
    const number = this.number(reader.text(from, to));
    this.#bytes.add(0, reader.view, from, to, number);
    return number;
  }
}
