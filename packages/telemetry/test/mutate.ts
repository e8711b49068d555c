import type { SeededRandom } from '@coral/testkit';

type Mutation = (bytes: Uint8Array, random: SeededRandom) => Uint8Array;

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

const mutations: Record<string, Mutation> = {
  cut: (bytes, random) => bytes.subarray(0, random.integer(0, bytes.length)),
  flip: (bytes, random) => {
    const flipped = Uint8Array.from(bytes);
    for (let n = random.integer(1, 4); n > 0; n--) {
      const at = random.integer(0, flipped.length - 1);
      flipped[at] = flipped[at]! ^ (1 << random.integer(0, 7));
    }
    return flipped;
  },
  replace: (bytes, random) => {
    const replaced = Uint8Array.from(bytes);
    const at = random.integer(0, replaced.length - 1);
    const interesting = [0, 1, 0x7f, 0x80, 0xff, 0x0b, 0x0a, 0x22, 0x5b, 0x7b];
    replaced[at] = random.pick(interesting);
    return replaced;
  },
  insert: (bytes, random) => {
    const at = random.integer(0, bytes.length);
    return join(bytes.subarray(0, at), random.bytes(random.integer(1, 12)), bytes.subarray(at));
  },
  remove: (bytes, random) => {
    const at = random.integer(0, bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + random.integer(1, 12)));
  },
  repeat: (bytes, random) => {
    const from = random.integer(0, bytes.length);
    const to = Math.min(bytes.length, from + random.integer(1, 200));
    return join(bytes.subarray(0, to), bytes.subarray(from));
  },
  random: (_, random) => random.bytes(random.integer(0, 300)),
};

/** One of the samples, broken somehow, and by what. */
export function mutate(
  samples: readonly Uint8Array[],
  random: SeededRandom,
): { bytes: Uint8Array; mutation: string } {
  const mutation = random.pick(Object.keys(mutations));
  const bytes = mutations[mutation]!(random.pick(samples), random);
  return {
    bytes: random.boolean(0.2) ? mutations['insert']!(bytes, random) : bytes,
    mutation,
  };
}
