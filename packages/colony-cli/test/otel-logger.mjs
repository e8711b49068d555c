// A program with OpenTelemetry's SDK, configured by nothing but the standard variables. Logs an error
// so many times, each with another number in it, and goes on to log that it is well until it is ended.
// usage: node otel-logger.mjs [<message> <times>]
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { NodeSDK } from '@opentelemetry/sdk-node';

const [message, times] = process.argv.slice(2);

const sdk = new NodeSDK();
sdk.start();
const log = logs.getLogger('main');
for (let order = 1; order <= Number(times ?? 0); order += 1) {
  const body = `order ${order}: ${message}`;
  const attributes = { 'exception.type': 'PriceError' };
  log.emit({ severityNumber: SeverityNumber.ERROR, body, attributes });
}
setInterval(() => log.emit({ severityNumber: SeverityNumber.INFO, body: 'all is well' }), 200);
process.once('SIGTERM', () => sdk.shutdown().then(() => process.exit(0)));
