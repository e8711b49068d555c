import { invalidInput } from './invalid-input.js';

/** A field of CSV: an empty one without quotes is NULL, one with quotes the empty string. */
export type CsvField = string | null;

/** Longer records are refused: an open quote must not read the whole file into memory. */
export const maxRecordLength = 8 * 1024 * 1024;
/** More fields than this are no record of ours either. */
const maxFields = 1_000;

/**
 * Splits CSV into records, some at a time. Source: RFC 4180; lines may end in LF or CRLF.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the row, the header being none
 */
export async function* csvRecords(
  path: string,
  text: AsyncIterable<string>,
): AsyncGenerator<CsvField[][]> {
  const splitter = new CsvSplitter(path);
  for await (const piece of text) yield splitter.push(piece);
  yield splitter.end();
}

class CsvSplitter {
  readonly #path: string;
  #rest = '';
  #record: CsvField[] = [];
  #row = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The records that are whole now. What is not stays for the next piece. */
  push(piece: string): CsvField[][] {
    const records = this.#split(this.#rest === '' ? piece : this.#rest + piece, false);
    if (this.#rest.length > maxRecordLength) {
      throw this.#invalid(`a record is longer than ${maxRecordLength} characters: a quote is open`);
    }
    return records;
  }

  end(): CsvField[][] {
    if (this.#rest === '' && this.#record.length === 0) return [];
    return this.#split(`${this.#rest}\n`, true);
  }

  #split(text: string, isEnd: boolean): CsvField[][] {
    const records: CsvField[][] = [];
    let start = 0;
    for (;;) {
      const field = text[start] === '"' ? quotedField(text, start) : bareField(text, start);
      if (field === undefined) {
        // A field that goes on in the next piece is read again from its beginning.
        this.#rest = text.slice(start);
        if (isEnd && this.#rest !== '') throw this.#invalid('a quote is open at the end');
        return records;
      }
      const { value, end } = field;
      const after = text.charCodeAt(end);
      if (after === quote) throw this.#invalid('a quote stands within a field without quotes');
      if (after !== comma && after !== lineFeed)
        throw this.#invalid('text follows a closing quote');
      if (this.#record.push(value) > maxFields) {
        throw this.#invalid(`a record has more than ${maxFields} fields`);
      }
      start = end + 1;
      if (after === lineFeed) {
        records.push(this.#record);
        this.#record = [];
        this.#row += 1;
      }
    }
  }

  #invalid(problem: string) {
    return invalidInput(problem, {
      path: this.#path,
      ...(this.#row > 0 ? { row: this.#row } : {}),
    });
  }
}

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A field, and where the character after it stands; undefined when its end is not there yet. */
type Field = { readonly value: CsvField; readonly end: number } | undefined;

function bareField(text: string, start: number): Field {
  for (let end = start; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code !== comma && code !== lineFeed && code !== quote) continue;
    const isCrLf = code === lineFeed && end > start && text.charCodeAt(end - 1) === carriageReturn;
    const value = text.slice(start, isCrLf ? end - 1 : end);
    return { value: value === '' ? null : value, end };
  }
  return undefined;
}

function quotedField(text: string, start: number): Field {
  let end = start + 1;
  let hasQuotes = false;
  for (;;) {
    end = text.indexOf('"', end);
    // A quote at the end may be the first of two, or the last before CR LF.
    if (end === -1 || end + 1 >= text.length) return undefined;
    if (text.charCodeAt(end + 1) !== quote) break;
    hasQuotes = true;
    end += 2;
  }
  const inner = text.slice(start + 1, end);
  let after = end + 1;
  if (text.charCodeAt(after) === carriageReturn) after += 1;
  if (after >= text.length) return undefined;
  return { value: hasQuotes ? inner.replaceAll('""', '"') : inner, end: after };
}
