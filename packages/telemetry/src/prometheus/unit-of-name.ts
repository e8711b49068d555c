/** Prometheus' base units, as UCUM writes them. Source: prometheus.io/docs/practices/naming */
const units: Readonly<Record<string, string>> = {
  seconds: 's',
  milliseconds: 'ms',
  bytes: 'By',
  ratio: '1',
  percent: '%',
  celsius: 'Cel',
  meters: 'm',
  grams: 'g',
  volts: 'V',
  amperes: 'A',
  joules: 'J',
  watts: 'W',
  hertz: 'Hz',
};

/**
 * The unit that a metric's name ends in, as Prometheus' conventions have it; `''` when it names none.
 *
 * A unit is part of a series' identity, so it comes from the name, which every sample has, and not
 * from metadata, which may come later or never.
 *
 * @example unitOfName('process_cpu_seconds_total') // 's'
 */
export function unitOfName(name: string): string {
  if (name.endsWith('_count')) return '';
  const base = name.replace(/_(?:total|sum|bucket)$/, '');
  const last = base.slice(base.lastIndexOf('_') + 1);
  return Object.hasOwn(units, last) ? units[last]! : '';
}
