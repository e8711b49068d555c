const MAX_NAMES = 100;
const MAX_NAME_LENGTH = 200;

/** Reads `node, node-exporter`; `undefined` when a name is empty, too long, or there are too many. */
export function parseNames(text: string): string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  const isFine = (name: string) =>
    name !== '' && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name);
  return names.length <= MAX_NAMES && names.every(isFine) ? names : undefined;
}
