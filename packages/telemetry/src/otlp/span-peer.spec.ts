import { describe, expect, it } from '@jest/globals';
import type { SpanAttribute } from './span-attributes.js';
import { hostOfUrl, peerOf, protocolOf } from './span-peer.js';

const text = (attributes: Partial<Record<SpanAttribute, string>>) => (attribute: SpanAttribute) =>
  attributes[attribute] ?? '';

describe('protocolOf', () => {
  it.each([
    [{ httpMethod: 'GET' }, 'http'],
    [{ httpMethod: 'POST', rpcSystem: 'grpc' }, 'grpc'],
    [{ rpcSystem: 'aws-api', databaseSystem: 'dynamodb' }, 'dynamodb'],
    [{ rpcSystem: 'aws-api', messagingSystem: 'aws_sqs' }, 'aws_sqs'],
    [{ networkProtocol: 'mqtt' }, 'mqtt'],
    [{ httpMethod: 'GET', networkProtocol: 'spdy' }, 'http'],
    [{}, ''],
  ])('of %o is %o', (attributes, protocol) => {
    expect(protocolOf(text(attributes))).toBe(protocol);
  });
});

describe('peerOf', () => {
  it.each([
    [{ peerService: 'cart', address: '10.1.2.3' }, 'cart'],
    [{ address: 'cart', port: '8080' }, 'cart:8080'],
    [{ address: 'bank.example', port: '443' }, 'bank.example'],
    [{ host: 'bank.example', peerAddress: '10.1.2.3' }, 'bank.example'],
    [{ url: 'cart:8080', peerAddress: '10.1.2.3' }, 'cart:8080'],
    [{ peerAddress: '10.1.2.3' }, '10.1.2.3'],
    [{ databaseSystem: 'redis', address: 'cache', port: '6379', database: '0' }, 'cache:6379'],
    [{ databaseSystem: 'sqlite', database: 'shop' }, 'shop'],
    [{ databaseSystem: 'sqlite' }, 'sqlite'],
    [{ messagingSystem: 'kafka', destination: 'orders', address: 'broker' }, 'orders'],
    [{ messagingSystem: 'kafka', address: 'broker', port: '9092' }, 'broker:9092'],
    [{ messagingSystem: 'kafka', destination: 'orders', messagingOperation: 'receive' }, ''],
    [{ rpcSystem: 'grpc', rpcService: 'shop.Cart' }, 'shop.Cart'],
    [{}, ''],
  ])('of %o is %o', (attributes, peer) => {
    expect(peerOf(text(attributes))).toBe(peer);
  });
});

describe('hostOfUrl', () => {
  it.each([
    ['http://cart:8080/items?id=1', 'cart:8080'],
    ['https://user:secret@bank.example/x', 'bank.example'],
    ['https://bank.example:443', 'bank.example'],
    ['/items', ''],
    ['', ''],
  ])('of %o is %o', (url, host) => {
    expect(hostOfUrl(url)).toBe(host);
  });
});
