import { describe, expect, it } from '@jest/globals';
import { describeResource } from '@coral/telemetry';
import { servicesOfResources } from './services-of-resources.js';

const now = new Date('2026-01-02T03:04:05Z');

describe('servicesOfResources', () => {
  it('takes everything that the resource says of its service', () => {
    const attributes = {
      'service.name': 'cart',
      'service.namespace': 'shop',
      'service.version': '1.2.3',
      'service.instance.id': 'cart-7',
      'host.name': 'node-a',
    };
    expect(servicesOfResources([describeResource(attributes)], now)).toEqual([
      {
        id: 'shop/cart',
        name: 'cart',
        appId: 'shop',
        version: '1.2.3',
        agentId: 'cart-7',
        labels: attributes,
        status: 'running',
        lastSeen: now,
      },
    ]);
  });

  it('falls back to the host, then to the protocol, and to the service’s own name', () => {
    const [onHost] = servicesOfResources(
      [describeResource({ 'service.name': 'a', 'host.name': 'h' })],
      now,
    );
    const [alone] = servicesOfResources([describeResource({ 'service.name': 'a' })], now);
    expect(onHost).toMatchObject({ agentId: 'h', appId: 'a' });
    expect(alone).toMatchObject({ agentId: 'otlp', appId: 'a' });
    expect(alone).not.toHaveProperty('version');
  });

  it('names a service once when several of its instances are in one request', () => {
    const instances = ['1', '2'].map((id) =>
      describeResource({ 'service.name': 'a', 'service.instance.id': id }),
    );
    expect(servicesOfResources(instances, now).map(({ agentId }) => agentId)).toEqual(['2']);
  });
});
