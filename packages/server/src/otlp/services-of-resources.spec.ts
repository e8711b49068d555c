import { describe, expect, it } from '@jest/globals';
import { describeResource } from '@coral/telemetry';
import { servicesOfResources } from './services-of-resources.js';

describe('servicesOfResources', () => {
  it('takes everything that the resource says of its service', () => {
    const attributes = {
      'service.name': 'cart',
      'service.namespace': 'shop',
      'service.version': '1.2.3',
      'service.instance.id': 'cart-7',
      'host.name': 'node-a',
    };
    expect(servicesOfResources([describeResource(attributes)])).toEqual([
      {
        id: 'shop/cart',
        name: 'cart',
        appId: 'shop',
        version: '1.2.3',
        agentId: 'cart-7',
        labels: attributes,
        status: 'running',
        instance: 'cart-7',
        resource: JSON.stringify(Object.fromEntries(Object.entries(attributes).sort())),
      },
    ]);
  });

  it('falls back to the host, then to the protocol, and to the service’s own name', () => {
    const [onHost] = servicesOfResources([
      describeResource({ 'service.name': 'a', 'host.name': 'h' }),
    ]);
    const [alone] = servicesOfResources([describeResource({ 'service.name': 'a' })]);
    expect(onHost).toMatchObject({ agentId: 'h', appId: 'a' });
    expect(alone).toMatchObject({ agentId: 'otlp', appId: 'a' });
    expect(alone).not.toHaveProperty('version');
  });

  it('names every process that speaks for a service', () => {
    const instances = ['1', '2'].map((id) =>
      describeResource({ 'service.name': 'a', 'service.instance.id': id }),
    );
    expect(servicesOfResources(instances).map(({ instance }) => instance)).toEqual(['1', '2']);
  });

  it('knows when the process started', () => {
    const resource = describeResource({
      'service.name': 'a',
      'process.creation.time': '2026-01-01T00:00:00Z',
    });
    expect(servicesOfResources([resource])).toMatchObject([
      { startedAt: new Date('2026-01-01T00:00:00Z'), resource: resource.attributes },
    ]);
  });
});
