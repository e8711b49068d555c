import { ServerError } from '../errors.js';

/** Translates what Node says when a port cannot be opened. */
export function listenError(reason: Error, host: string, port: number): ServerError {
  const errno = (reason as NodeJS.ErrnoException).code ?? 'unknown';
  const details = { host, port, errno };
  if (errno === 'EADDRINUSE') {
    return new ServerError(
      'SERVER_ADDRESS_IN_USE',
      `Cannot listen on ${host}:${port}: another program holds the port. Stop it, or choose another port.`,
      { details, cause: reason },
    );
  }
  const why =
    errno === 'EACCES'
      ? 'the system does not permit it (ports below 1024 usually need privileges)'
      : errno === 'EADDRNOTAVAIL' || errno === 'ENOTFOUND'
        ? 'this machine has no such address'
        : reason.message;
  return new ServerError(
    'SERVER_ADDRESS_UNAVAILABLE',
    `Cannot listen on ${host}:${port}: ${why}. Choose another host or port.`,
    { details, cause: reason },
  );
}
