// What handles protobuf messages as objects, by libraries that a start need not wait for: the RPC
// services, and refusals that carry google.rpc's statuses. Telemetry is decoded without them.
export { refuseGrpc } from './answers/refuse-grpc.js';
export { refuseOtlp } from './answers/refuse-otlp.js';
export { refuseRpc } from './answers/rpc-failure.js';
export { createRpcAdapter } from './rpc/rpc-adapter.js';
