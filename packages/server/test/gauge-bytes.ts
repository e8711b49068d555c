import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * An ExportMetricsServiceRequest in protobuf with one gauge point. Two of them one after the other
 * are a request with both, as protobuf merges messages.
 */
export function gaugeBytes(timeMs: number, service = 'cart', value = 1): Uint8Array {
  const message = (field: number, content: Uint8Array) =>
    new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(content).finish();
  const text = (field: number, content: string) =>
    new BinaryWriter().tag(field, WireType.LengthDelimited).string(content).finish();
  const join = (...parts: Uint8Array[]) => Buffer.concat(parts);
  const attribute = join(text(1, 'service.name'), message(2, text(1, service)));
  const point = new BinaryWriter()
    .tag(3, WireType.Bit64)
    .fixed64(BigInt(timeMs) * 1_000_000n)
    .tag(4, WireType.Bit64)
    .double(value)
    .finish();
  const metric = join(text(1, 'queue.depth'), message(5, message(1, point)));
  return message(1, join(message(1, message(1, attribute)), message(2, message(2, metric))));
}
