import { describeSource, explainConfig } from '@coral/config';
import { configContext } from '../colony/resolve-colony.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { renderRows, toJsonObject } from '../render/render.js';

/** `coral config explain` */
export interface ConfigExplainInput extends Record<string, unknown> {
  readonly key?: string;
}

/** Prints configuration values, where each came from and what it overrode. */
export async function configExplain(
  context: CommandContext,
  input: ConfigExplainInput,
): Promise<number> {
  const rows = await explainConfig({ ...configContext(context), key: input.key });
  await renderRows(context, {
    rows,
    columns: [
      { header: 'KEY', text: ({ key }) => key },
      { header: 'VALUE', text: ({ value }) => (value === undefined ? '-' : String(value)) },
      { header: 'SOURCE', text: ({ source }) => describeSource(source) },
      {
        header: 'OVERRODE',
        text: ({ overrode }) =>
          overrode.map(({ value, source }) => `${value} (${describeSource(source)})`).join(', '),
      },
    ],
    json: ({ key, value, source, overrode }) =>
      toJsonObject({
        key,
        value,
        source: describeSource(source),
        overrode: overrode.map((hidden) => ({
          value: hidden.value,
          source: describeSource(hidden.source),
        })),
      }),
    empty: 'Nothing is configured.',
  });
  return exitCodes.ok;
}
