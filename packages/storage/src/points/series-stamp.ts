/** Gives back the object that it is given, so that a class derived from it adds its fields to that. */
const Given = function (object: object) {
  return object;
} as unknown as new (object: object) => object;

/**
 * A number for an object, as a `WeakMap` holds it, kept in a private field of the object itself: nobody
 * else sees it, also on a frozen object, and reading it costs a tenth. An object keeps one number, for
 * the owner that stamped it last.
 */
export class SeriesStamp extends Given {
  #owner: object;
  #number: number;

  private constructor(object: object, owner: object, number: number) {
    super(object);
    this.#owner = owner;
    this.#number = number;
  }

  /** The number that this owner gave the object; 0 when it gave none, or another owner did since. */
  static read(object: object, owner: object): number {
    return #owner in object && object.#owner === owner ? object.#number : 0;
  }

  static write(object: object, owner: object, number: number): void {
    if (#owner in object) {
      object.#owner = owner;
      object.#number = number;
    } else new SeriesStamp(object, owner, number);
  }
}
