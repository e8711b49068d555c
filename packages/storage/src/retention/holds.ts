import type { Store } from '../store.js';

/** Until when retention by age waits, because somebody brought rows back; undefined when it does not. */
export async function heldUntil(store: Store): Promise<Date | undefined> {
  const [row] = await store
    .readers()
    .query('SELECT max(held_until) AS until FROM retention_holds WHERE held_until > ?', [
      store.now(),
    ]);
  return row?.['until'] as Date | undefined;
}

/** Lets retention by age go on. */
export async function endHolds(store: Store): Promise<void> {
  if ((await heldUntil(store)) === undefined) return;
  await store.write((connection) => connection.run('DELETE FROM retention_holds WHERE true'));
}
