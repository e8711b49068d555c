/**
 * Without Node's ES module support in Jest the specs' imports fail one by one, far from their cause,
 * and what a test started may be left running.
 */
module.exports = function requireEsModules() {
  if (/--experimental-vm-modules/.test(`${process.env.NODE_OPTIONS} ${process.execArgv}`)) return;
  throw new Error(
    'These tests are ES modules: run them with `npx nx test <project>`, or set NODE_OPTIONS=--experimental-vm-modules for jest.',
  );
};
