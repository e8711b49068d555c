/**
 * Which layer may import which. A package names its own in `package.json` as `layer:…`.
 *
 * Testkit is open to every layer's tests and imports none: specs count as imports, so that one
 * import in testkit would close a circle.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const layers = {
  config: [],
  storage: [],
  telemetry: [],
  testkit: [],
  server: ['storage', 'telemetry'],
  cli: ['config', 'storage', 'telemetry', 'server'],
  tool: [],
  benchmark: ['storage', 'telemetry'],
  consumer: ['storage'],
};

module.exports = { layers };
