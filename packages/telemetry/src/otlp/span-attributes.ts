/**
 * The attributes of a span that are read, by what they say: the new name of OpenTelemetry's semantic
 * conventions before the old, which counts only where the new one is missing. Each name has a slot, by
 * its position. All other attributes are skipped unread.
 *
 * Source: OpenTelemetry semantic conventions 1.4 to 1.37 for HTTP, RPC, databases, messaging, network.
 */
export const spanAttributes = {
  httpMethod: ['http.request.method', 'http.method'],
  rpcSystem: ['rpc.system.name', 'rpc.system'],
  databaseSystem: ['db.system.name', 'db.system'],
  messagingSystem: ['messaging.system'],
  networkProtocol: ['network.protocol.name', 'net.app.protocol.name'],
  // From here on: who is on the other side.
  messagingOperation: ['messaging.operation.type', 'messaging.operation'],
  peerService: ['service.peer.name', 'peer.service'],
  address: ['server.address', 'net.peer.name'],
  port: ['server.port', 'net.peer.port'],
  host: ['http.host'],
  url: ['url.full', 'http.url'],
  peerAddress: ['network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'],
  database: ['db.namespace', 'db.name'],
  destination: ['messaging.destination.name', 'messaging.destination'],
  rpcService: ['rpc.service'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type SpanAttribute = keyof typeof spanAttributes;

const names: readonly string[] = Object.values(spanAttributes).flat();

export const slotCount: number = names.length;

/** The slots that say who is on the other side. */
export const peerSlots = {
  from: names.indexOf(spanAttributes.messagingOperation[0]),
  to: slotCount,
} as const;

/** The slot of each attribute by its name. */
export const slotOfName: ReadonlyMap<string, number> = new Map(
  names.map((name, slot) => [name, slot]),
);

/** The slots of what is said, the one to prefer first. */
export function slotsOf(attribute: SpanAttribute): readonly number[] {
  return spanAttributes[attribute].map((name) => slotOfName.get(name)!);
}

/** Slots whose attribute is a URL, of which only the host is kept: the rest differs in every span. */
export const urlSlots: ReadonlySet<number> = new Set(slotsOf('url'));
