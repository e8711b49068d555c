/** Where the last call stopped: the address of what it could not take. */
export let stoppedAt: usize = 0;
/** The address of the entry that it came to. */
export let entryAt: usize = 0;

export function stopAt(address: usize): void {
  stoppedAt = address;
}

export function stopAtEntry(entry: usize): void {
  entryAt = entry;
}
