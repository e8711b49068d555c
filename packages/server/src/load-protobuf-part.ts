/** Loads what the RPC services and refusals in protobuf take; at once when it is loaded already. */
export const loadProtobufPart = () => import('./protobuf-part.js');
