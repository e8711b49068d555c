import { TelemetryError } from '../../telemetry-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

const decimal = /^-?\d{1,20}$/;
const loneSurrogate = /\p{Surrogate}/u;
const specialDoubles = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/**
 * Reads fields of protobuf messages from parsed JSON, and knows where it is when one is not what
 * it should be.
 *
 * Names are given in lowerCamelCase; snake_case is tried when that is absent. `null` is absent.
 * Source: https://protobuf.dev/programming-guides/json/
 */
export class JsonCursor {
  readonly #path: (string | number)[] = [];
  readonly #signal: string;

  /** @param signal what the request holds (metrics, traces or logs), for messages of errors. */
  constructor(signal = 'metrics') {
    this.#signal = signal;
  }

  /** The value of a field as it stands, `undefined` when absent. */
  field(object: JsonObject, name: string): unknown {
    // Own or not makes no difference: no field is called like anything that objects inherit.
    const value = object[name];
    if (value !== undefined && value !== null) return value;
    const snake = snakeCase(name);
    return snake === name ? undefined : (object[snake] ?? undefined);
  }

  /** Takes a value for an object. */
  object(value: unknown): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.fail('an object');
    }
    return value as JsonObject;
  }

  /** A nested message, `undefined` when absent. */
  message(object: JsonObject, name: string): JsonObject | undefined {
    const value = this.field(object, name);
    return value === undefined ? undefined : this.at(name, () => this.object(value));
  }

  /** Visits every element of a repeated field. */
  each(object: JsonObject, name: string, visit: (element: unknown) => void): void {
    const value = this.field(object, name);
    if (value === undefined) return;
    this.#path.push(name);
    if (!Array.isArray(value)) return this.fail('an array');
    const depth = this.#path.push(0) - 1;
    for (let i = 0; i < value.length; i++) {
      this.#path[depth] = i;
      visit(value[i]);
    }
    this.#path.length = depth - 1;
  }

  /** Visits every message of a repeated field. */
  eachMessage(object: JsonObject, name: string, visit: (message: JsonObject) => void): void {
    this.each(object, name, (element) => visit(this.object(element)));
  }

  /** A text; `''` when absent. */
  string(object: JsonObject, name: string): string {
    const value = this.field(object, name);
    return value === undefined ? '' : this.at(name, () => this.text(value));
  }

  boolean(object: JsonObject, name: string): boolean {
    const value = this.field(object, name);
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    return this.at(name, () => this.fail('true or false'));
  }

  /** A double; `absent` when there is none. */
  double(object: JsonObject, name: string, absent: number): number {
    const value = this.field(object, name);
    return value === undefined ? absent : this.at(name, () => this.doubleValue(value));
  }

  /** A whole number as JavaScript's number; `absent` when there is none. */
  integer(object: JsonObject, name: string, absent: number): number {
    const value = this.field(object, name);
    return value === undefined ? absent : this.at(name, () => this.integerValue(value));
  }

  /** A whole number that is not negative; 0 when there is none. */
  unsigned(object: JsonObject, name: string): number {
    const value = this.field(object, name);
    return value === undefined ? 0 : this.at(name, () => this.unsignedValue(value));
  }

  /** A 64-bit unsigned number as decimal text, so that it keeps all its digits; `''` when absent. */
  decimal(object: JsonObject, name: string): string {
    const value = this.field(object, name);
    if (value === undefined) return '';
    return this.at(name, () => {
      const text = typeof value === 'number' && value >= 0 ? integerText(value) : value;
      if (typeof text === 'string' && /^\d{1,20}$/.test(text)) return text;
      return this.fail('a whole number that is not negative');
    });
  }

  text(value: unknown): string {
    if (typeof value !== 'string') return this.fail('a string');
    // Half a character cannot be written as UTF-8 by whoever stores it.
    if (loneSurrogate.test(value)) return this.fail('a string of whole characters');
    return value;
  }

  doubleValue(value: unknown): number {
    if (typeof value === 'number') return value;
    if (typeof value === 'string') {
      const special = specialDoubles.get(value);
      if (special !== undefined) return special;
      const number = Number(value);
      if (value.trim() !== '' && !Number.isNaN(number)) return number;
    }
    return this.fail('a number');
  }

  integerValue(value: unknown): number {
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    if (typeof value === 'string' && decimal.test(value)) return Number(value);
    return this.fail('a whole number, or one in a string');
  }

  unsignedValue(value: unknown): number {
    const number = this.integerValue(value);
    return number < 0 ? this.fail('a number that is not negative') : number;
  }

  /** An int64, exactly. */
  int64Value(value: unknown): bigint {
    const number =
      (typeof value === 'number' && Number.isInteger(value)) ||
      (typeof value === 'string' && decimal.test(value))
        ? BigInt(value)
        : this.fail('a whole number, or one in a string');
    return BigInt.asIntN(64, number) === number ? number : this.fail('a number of 64 bits');
  }

  /** Runs something with a step added to the path. */
  at<T>(step: string | number, read: () => T): T {
    this.#path.push(step);
    const result = read();
    this.#path.pop();
    return result;
  }

  /** Ends decoding at the current path. */
  fail(expected: string): never {
    const path = this.#path
      .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
      .join('');
    throw new TelemetryError(
      'TELEMETRY_MALFORMED',
      `The request is not an OTLP ${this.#signal} request in JSON: ${path || 'the document'} should be ${expected}.`,
      { path },
    );
  }
}

function integerText(value: number): string {
  return Number.isInteger(value) ? String(BigInt(value)) : '';
}

const snakeCases = new Map<string, string>();

function snakeCase(name: string): string {
  let snake = snakeCases.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeCases.set(name, snake);
  }
  return snake;
}
