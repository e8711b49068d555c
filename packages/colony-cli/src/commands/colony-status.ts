export async function colonyStatus(): Promise<number> {
  return 0;
}
