/** What a running colony answered instead of rows, under the code that it gave: also a server's. */
export class ColonyAnswerError extends Error {
  override readonly name = 'ColonyAnswerError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
