// Logs end to end: programs with the OpenTelemetry SDK that fail, are deployed anew, and are killed.
import { describe, expect, it } from '@jest/globals';
import type { ProcessHarness } from '@coral/testkit';
import { eventually } from '@coral/testkit';
import { startSender } from './start-sender.js';
import { useCoral } from './use-coral.js';

interface EventRow {
  readonly service_id: string;
  readonly event_type: string;
  readonly correlation_group: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A colony looks at its services every ten seconds; the machine may be busy. */
const soon = { timeoutMs: 90_000, intervalMs: 1_000 };

describe('programs that log with the OpenTelemetry SDK', () => {
  const coral = useCoral();

  function startProgram(
    service: string,
    version: string,
    args: readonly string[] = [],
  ): Promise<ProcessHarness> {
    return startSender(coral, 'otel-logger.mjs', {
      args,
      env: {
        OTEL_SERVICE_NAME: service,
        OTEL_RESOURCE_ATTRIBUTES: `service.version=${version}`,
        OTEL_BLRP_SCHEDULE_DELAY: '100',
      },
    });
  }

  /** What happened to a service, oldest first. */
  async function eventsOf(service: string): Promise<EventRow[]> {
    return (await coral.json<EventRow[]>(['events', '--service', service])).reverse();
  }

  async function waitForEvent(service: string, reason: string): Promise<EventRow> {
    return await eventually(async () => {
      const found = (await eventsOf(service)).filter(({ details }) => details['reason'] === reason);
      expect(found).toHaveLength(1);
      return found[0]!;
    }, soon);
  }

  async function waitForStatus(service: string, status: string): Promise<void> {
    await eventually(async () => {
      const services = await coral.json<{ id: string; status: string }[]>(['services']);
      expect(services).toContainEqual(expect.objectContaining({ id: service, status }));
    }, soon);
  }

  it('show new errors and bursts, deploys and crashes, those that belong together in one group', async () => {
    await coral.init('shop', ['--env', 'production']);
    await coral.start(['--no-self-metrics'], { env: { CORAL_STOPPED_AFTER: '3s' } });

    const first = await startProgram('cart', '1.0.0', ['no price', '3']);
    const calm = await startProgram('mail', '7.0.0');
    const { details } = await waitForEvent('cart', 'new_error');
    // The number is not what makes an error.
    expect(details).toMatchObject({ message: 'order 1: no price', exceptionType: 'PriceError' });
    await waitForStatus('mail', 'running');

    await expect(first.terminate()).resolves.toMatchObject({ code: 0 });
    const second = await startProgram('cart', '1.1.0', ['prices timed out', '60']);
    const deploy = await waitForEvent('cart', 'version_changed');
    expect(deploy).toMatchObject({
      event_type: 'deploy',
      details: { from: '1.0.0', to: '1.1.0' },
      correlation_group: expect.stringMatching(/^deploy:.*:cart$/),
    });
    const burst = await waitForEvent('cart', 'error_burst');
    expect(burst).toMatchObject({ correlation_group: deploy.correlation_group });
    expect(burst.details['count']).toBeGreaterThanOrEqual(20);

    await second.kill9();
    await calm.kill9();
    await waitForStatus('cart', 'stopped');
    await waitForStatus('mail', 'stopped');
    await startProgram('cart', '1.1.0');
    await startProgram('mail', '7.0.0');
    // One had logged errors shortly before; the other had not, and telemetry does not say how it ended.
    expect(await waitForEvent('cart', 'restart_after_error')).toMatchObject({
      event_type: 'crash',
      details: { message: expect.stringMatching(/^order \d+: prices timed out$/) },
      correlation_group: deploy.correlation_group,
    });
    expect(await waitForEvent('mail', 'replaced')).toMatchObject({ event_type: 'restart' });
    // Fifty errors within five minutes.
    await waitForStatus('cart', 'error');
    await waitForStatus('mail', 'running');

    const happened = (await eventsOf('cart')).map(({ event_type, details: { reason } }) => [
      event_type,
      reason,
    ]);
    expect(happened.sort()).toEqual([
      ['alert', 'error_burst'],
      ['alert', 'new_error'],
      ['alert', 'new_error'],
      ['crash', 'restart_after_error'],
      ['deploy', 'version_changed'],
      ['restart', 'replaced'],
    ]);
    expect((await eventsOf('mail')).map(({ event_type }) => event_type)).toEqual(['restart']);
    const shown = await coral.run(['events', '--service', 'cart']);
    expect(shown.stdout).toContain(deploy.correlation_group);
  }, 300_000);
});
