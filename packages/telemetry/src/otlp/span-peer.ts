import type { SpanAttribute } from './span-attributes.js';

/** The text of an attribute; `''` when the span does not have it. */
export type AttributeText = (attribute: SpanAttribute) => string;

/** How the two sides talk, by the most particular of the conventions that the span follows. */
export function protocolOf(text: AttributeText): string {
  return (
    text('messagingSystem') ||
    text('databaseSystem') ||
    text('rpcSystem') ||
    (text('httpMethod') && 'http') ||
    text('networkProtocol')
  );
}

/**
 * Who is on the other side of a client, producer or consumer.
 *
 * A queue goes by its own name and not by its broker's, so that those who fill it and those who empty
 * it meet; a database by its host, which several services share.
 */
export function peerOf(text: AttributeText): string {
  const service = text('peerService');
  if (service) return service;
  if (text('messagingSystem')) {
    // Who asks a broker for messages, or says that they are done, has called nobody.
    if (/^(receive|settle)$/.test(text('messagingOperation'))) return '';
    return text('destination') || addressOf(text) || text('messagingSystem');
  }
  return addressOf(text) || text('database') || text('databaseSystem') || text('rpcService');
}

/** Ports that go without saying. */
const usualPorts = new Set(['', '0', '80', '443']);

function addressOf(text: AttributeText): string {
  const address = text('address');
  if (!address) return text('host') || text('url') || text('peerAddress');
  const port = text('port');
  return usualPorts.has(port) ? address : `${address}:${port}`;
}

/** Host and port of a URL, without the name and password before them; `''` when it has none. */
export function hostOfUrl(url: string): string {
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url) ?? [];
  return host.replace(/:(80|443)$/, '');
}
