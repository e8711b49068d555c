import type { TextForm } from './settings.js';

const YES = new Set(['true', '1', 'yes', 'on']);
const NO = new Set(['false', '0', 'no', 'off']);

/**
 * Reads text from the environment or the command line as a setting's value.
 *
 * Text that does not fit the form is returned as it is; the schema refuses it then, with a message
 * that shows what was given.
 */
export function textValue(form: TextForm, text: string): string | number | boolean {
  const trimmed = text.trim();
  const lower = trimmed.toLowerCase();
  switch (form) {
    case 'text':
      return text;
    case 'number':
      return wholeNumber(trimmed) ?? text;
    case 'boolean':
      return YES.has(lower) ? true : NO.has(lower) ? false : text;
    case 'number-or-off':
      return wholeNumber(trimmed) ?? (NO.has(lower) ? false : text);
  }
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
