import { SeverityNumber } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';

/** Records of the real SDK, of every kind that programs emit, as they would be exported. */
export async function sdkLogs(): Promise<ReadableLogRecord[]> {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({
      'service.name': 'checkout',
      'service.namespace': 'shop',
      'service.instance.id': 'one',
    }),
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('shop.checkout', '1.2.3');
  logger.emit({ severityNumber: SeverityNumber.INFO, severityText: 'INFO', body: 'started' });
  logger.emit({
    severityNumber: SeverityNumber.ERROR,
    body: 'order 4711 failed in Köln',
    attributes: {
      'exception.type': 'TypeError',
      'exception.message': 'x is undefined',
      'exception.stacktrace': 'TypeError: x is undefined\n    at main.js:1:2',
      attempt: 3,
    },
  });
  logger.emit({
    severityNumber: SeverityNumber.FATAL,
    body: { message: 'out of memory', code: 137, nested: { list: [1, 'two', true] } },
  });
  logger.emit({ eventName: 'cart.emptied', timestamp: 1_767_225_600_000 });
  logger.emit({ body: 'no severity at all' });
  await provider.forceFlush();
  const records = [...exporter.getFinishedLogRecords()];
  await provider.shutdown();
  return records;
}
