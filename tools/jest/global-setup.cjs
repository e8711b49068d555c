const requireEsModules = require('./require-es-modules.cjs');
const useMemoryForTempFiles = require('./use-memory-for-temp-files.cjs');

/** Runs once before a package's tests. */
module.exports = function globalSetup() {
  requireEsModules();
  useMemoryForTempFiles();
};
