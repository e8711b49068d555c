import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestEnd } from '@coral/testkit';

/** One request that was passed on and answered. */
export interface RecordedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly status: number;
}

/**
 * Passes requests on to a port and keeps those that were answered: what a sender was told, as the
 * sender saw it. 502 while nobody listens there.
 */
export async function startRecordingProxy(target: { port: number }): Promise<{
  readonly port: number;
  readonly answered: readonly RecordedRequest[];
}> {
  const answered: RecordedRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const fail = (): void => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    };
    const upstream = send(
      {
        host: '127.0.0.1',
        port: target.port,
        method: request.method!,
        path: request.url!,
        headers: { ...request.headers, host: `127.0.0.1:${target.port}` },
        agent: false,
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', fail);
        answer.on('end', () => {
          answered.push({ headers: request.headers, body, status: answer.statusCode! });
          response.writeHead(answer.statusCode!);
          response.end(Buffer.concat(parts));
        });
      },
    );
    upstream.on('error', fail);
    upstream.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, answered };
}
