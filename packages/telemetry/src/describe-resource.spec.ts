import { describe, expect, it } from '@jest/globals';
import { describeResource } from './describe-resource.js';

describe('describeResource', () => {
  it('reads the service out of the attributes', () => {
    expect(
      describeResource({
        'service.name': 'cart',
        'service.namespace': 'shop',
        'service.version': '1.2.3',
        'service.instance.id': 'i-7',
        'host.name': 'node-1',
        'os.type': 'linux',
      }),
    ).toEqual({
      serviceId: 'shop/cart',
      serviceName: 'cart',
      serviceNamespace: 'shop',
      serviceVersion: '1.2.3',
      serviceInstanceId: 'i-7',
      hostName: 'node-1',
      attributes:
        '{"host.name":"node-1","os.type":"linux","service.instance.id":"i-7","service.name":"cart","service.namespace":"shop","service.version":"1.2.3"}',
    });
  });

  it('has only the name as id without a namespace', () => {
    expect(describeResource({ 'service.name': 'cart', 'service.namespace': '' }).serviceId).toBe(
      'cart',
    );
  });

  it('calls a service without a name unknown_service', () => {
    expect(describeResource({})).toEqual({
      serviceId: 'unknown_service',
      serviceName: 'unknown_service',
      attributes: '{}',
    });
  });

  it('writes a name that is no text as JSON', () => {
    expect(describeResource({ 'service.name': 7 }).serviceName).toBe('7');
  });
});
