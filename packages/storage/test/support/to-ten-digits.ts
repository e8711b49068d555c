/** A row as text: sums of doubles depend on their order in the last digits. */
export function toTenDigits(row: object): string {
  return JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(10)) : value,
  );
}
