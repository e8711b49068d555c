import type { Finding } from '@coral/storage';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { examineColony } from '../doctor/examine-colony.js';
import { exitCodes } from '../exit-codes.js';
import { renderRows, toJsonObject } from '../render/render.js';

/** `coral doctor` */
export interface DoctorInput extends Record<string, unknown> {
  readonly colony?: string;
  readonly repair?: boolean;
}

/** Says what is wrong with a colony, and which command mends it. Exits 1 when there is an error. */
export async function doctor(context: CommandContext, input: DoctorInput): Promise<number> {
  const findings = await examineColony(context, {
    colony: input.colony,
    repair: input.repair === true,
  });
  if (findings.length === 0) throw new CliError('CLI_API', 'The colony answered with no findings.');
  await renderRows<Finding>(context, {
    rows: findings,
    columns: [
      { header: 'check', text: ({ check }) => check },
      { header: 'severity', text: ({ severity }) => severity },
      { header: 'finding', text: ({ message }) => message },
      { header: 'mend it with', text: ({ remedy }) => remedy ?? '' },
    ],
    json: ({ check, severity, message, remedy }) =>
      toJsonObject({ check, severity, message, remedy }),
    empty: '',
  });
  const isBroken = findings.some(({ severity }) => severity === 'error');
  return isBroken ? exitCodes.unexpected : exitCodes.ok;
}
