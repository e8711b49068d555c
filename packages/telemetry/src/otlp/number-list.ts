/** A list of numbers that is filled again and again without allocating, up to a bound. */
export class NumberList {
  values: Float64Array = new Float64Array(32);
  length = 0;
  /** Whether more numbers came than the list may hold; they were dropped. */
  overflowed = false;
  readonly #maxLength: number;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  clear(): void {
    this.length = 0;
    this.overflowed = false;
  }

  push(value: number): void {
    const at = this.length;
    if (at === this.#maxLength) {
      this.overflowed = true;
      return;
    }
    if (at === this.values.length) {
      const larger = new Float64Array(at * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[at] = value;
    this.length = at + 1;
  }
}
