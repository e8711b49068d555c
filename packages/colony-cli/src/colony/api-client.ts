import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { CliError } from '../cli-error.js';
import { ColonyAnswerError, isCodedError } from '../coded-error.js';

/** Where a running colony answers, and what proves that the asker may ask. */
export interface ApiAddress {
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/** One request to the colony's API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  /** Milliseconds without a byte after which to give up. */
  readonly idleTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const defaultIdleTimeoutMs = 30_000;

/**
 * Sends a request and resolves to its answer's body, parsed.
 *
 * Built on `node:http` rather than on an RPC client: a command that prints a table should not
 * spend more time loading than asking.
 *
 * @throws {CliError} `CLI_UNREACHABLE` when nobody answers, `CLI_UNAUTHORIZED` when the token is
 * refused, `CLI_API` when the answer is not the API's.
 * @throws {ColonyAnswerError} with the colony's own code when it answers with an error.
 */
export async function callApi(address: ApiAddress, apiRequest: ApiRequest): Promise<unknown> {
  const response = await send(address, apiRequest);
  const text = await readText(address, response);
  if (!isSuccess(response)) throw answerError(address, response.statusCode ?? 0, text);
  return parse(address, text);
}

/**
 * Sends a request and yields the lines of its answer, parsed, as they arrive.
 *
 * @throws as {@link callApi}.
 */
export async function* callApiLines(
  address: ApiAddress,
  apiRequest: ApiRequest,
): AsyncGenerator<unknown> {
  const response = await send(address, apiRequest);
  if (!isSuccess(response)) {
    throw answerError(address, response.statusCode ?? 0, await readText(address, response));
  }
  response.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line !== '') yield parse(address, line);
    }
  } catch (error) {
    throw isSystemError(error) ? unreachable(address, error) : error;
  } finally {
    response.destroy();
  }
  if (rest !== '') yield parse(address, rest);
}

function send(address: ApiAddress, apiRequest: ApiRequest): Promise<IncomingMessage> {
  const { host, port, token } = address;
  const { method, path, body, idleTimeoutMs = defaultIdleTimeoutMs, signal } = apiRequest;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: connectableHost(host),
        port,
        method,
        path,
        // One question a process: a kept connection would only delay its end.
        agent: false,
        ...(signal === undefined ? {} : { signal }),
        headers: {
          authorization: `Bearer ${token}`,
          ...(payload === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      },
      resolve,
    );
    outgoing.setTimeout(idleTimeoutMs, () => {
      outgoing.destroy(new Error(`no answer within ${idleTimeoutMs} ms`));
    });
    outgoing.once('error', (error) => reject(unreachable(address, error)));
    outgoing.end(payload);
  });
}

function isSuccess({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** An address that means "every interface" can be listened on but not called. */
export function connectableHost(host: string): string {
  return { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
}

async function readText(address: ApiAddress, response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of response as AsyncIterable<string>) text += chunk;
  } catch (error) {
    throw unreachable(address, error);
  }
  return text;
}

function parse(address: ApiAddress, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(
      'CLI_API',
      `What listens at ${address.host}:${address.port} does not answer like a colony.`,
      { cause, hint: 'See who it is, or restart the colony: coral colony stop' },
    );
  }
}

function answerError(address: ApiAddress, status: number, text: string): Error {
  const where = `${address.host}:${address.port}`;
  const { code, message } = readAnswer(text);
  if (status === 401 || code === 'SERVER_UNAUTHENTICATED') {
    return new CliError('CLI_UNAUTHORIZED', `The colony at ${where} refuses this token.`, {
      hint: 'Its secret changed after it started: restart it where it was started, or kill its process.',
      details: { status },
    });
  }
  if (code !== undefined) return new ColonyAnswerError(code, message ?? `HTTP ${status}`);
  return new CliError('CLI_API', `The colony at ${where} answered ${status}: ${message ?? text}`, {
    details: { status },
  });
}

interface Answer {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * Errors come in two dresses: the API's own, `{code, message}` with Coral's code, and Connect's,
 * whose code is one of sixteen words and whose details hold Coral's.
 */
function readAnswer(text: string): Answer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
  const { code, message, details } = value as {
    code?: string;
    message?: string;
    details?: { type?: string; value?: string }[];
  };
  if (isCodedError({ code, message })) return { code, message };
  const info = Array.isArray(details)
    ? details.find(({ type }) => type === 'google.rpc.ErrorInfo')
    : undefined;
  return { code: info?.value === undefined ? undefined : errorInfoReason(info.value), message };
}

/**
 * The reason in a serialised `google.rpc.ErrorInfo`: its field 1, which is written first.
 *
 * Two bytes of protobuf are no reason to load a library for it.
 */
function errorInfoReason(base64: string): string | undefined {
  const bytes = Buffer.from(base64, 'base64');
  const [tag, length] = bytes;
  if (tag !== 0x0a || length === undefined || length >= 0x80) return undefined;
  return bytes.subarray(2, 2 + length).toString('utf8');
}

function isSystemError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

function unreachable({ host, port }: ApiAddress, cause: unknown): CliError {
  const reason = (cause as Error).message;
  return new CliError(
    'CLI_UNREACHABLE',
    `The colony at ${host}:${port} does not answer: ${reason}`,
    {
      cause,
      hint: 'Try again; if it stays so, see its log or stop its process.',
    },
  );
}
