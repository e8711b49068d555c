import { loadProtobufPart } from '../load-protobuf-part.js';
import type { Route } from '../routes/route.js';
import type { RpcAdapter, RpcOptions } from './rpc-adapter.js';

// As the .proto files name them; the generated code, which says it too, is loaded later.
const serviceNames = {
  colony: 'coral.colony.v1.ColonyService',
  health: 'grpc.health.v1.Health',
};

/** The routes of both services. What answers them is loaded with the first call, or before. */
export function rpcRoutes(options: RpcOptions): Route[] {
  let adapter: RpcAdapter | undefined;
  const answer: Route['answer'] = async (request, response) => {
    const { createRpcAdapter } = await loadProtobufPart();
    // Its caller may have gone while that was loaded: nothing would end the call then.
    if (response.destroyed) return;
    adapter ??= createRpcAdapter(options);
    await adapter(request, response);
  };
  return [
    {
      method: 'POST',
      path: `/${serviceNames.colony}/{Method}`,
      access: 'token',
      dialect: 'rpc',
      answer,
    },
    {
      method: 'POST',
      path: `/${serviceNames.health}/{Method}`,
      access: 'open',
      dialect: 'rpc',
      answer,
    },
  ];
}
