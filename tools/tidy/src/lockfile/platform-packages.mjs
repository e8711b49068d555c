const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {string} [license]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {Record<string, string>} [engines]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * Lists the platform packages that a lockfile's entries ask for and that have no entry of their
 * own, by the path such an entry has.
 *
 * npm leaves them out when the registry it was asked does not hold them all, as mirrors of one
 * platform do not, and then `npm ci` refuses the lockfile everywhere. The names say which platform
 * they are for: `@swc/core-linux-arm64-musl`. Integrity is left out; npm adds it where it can.
 *
 * @param {Record<string, LockEntry>} packages
 * @returns {Record<string, LockEntry>}
 */
export function missingPlatformPackages(packages) {
  /** @type {Record<string, LockEntry>} */
  const missing = {};
  for (const [parent, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const platform = platformOf(name);
      if (platform === undefined || isResolved(packages, parent, name)) continue;
      missing[`node_modules/${name}`] = {
        version,
        ...(entry.dev ? { dev: true } : {}),
        ...(entry.license ? { license: entry.license } : {}),
        optional: true,
        ...platform,
        ...(entry.engines ? { engines: entry.engines } : {}),
      };
    }
  }
  return missing;
}

/**
 * @param {string} name
 * @returns {Pick<LockEntry, 'os' | 'cpu' | 'libc'> | undefined}
 */
function platformOf(name) {
  const words = (name.split('/').at(-1) ?? '').split('-');
  const system = words.findIndex((word) => SYSTEMS.includes(word));
  const os = words[system];
  const cpu = words[system + 1];
  if (os === undefined || cpu === undefined) return undefined;
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined;
  return { os: [os], cpu: [cpu], ...(libc ? { libc } : {}) };
}

/**
 * Whether Node would find `name` from the package at `parent`: in its own node_modules or above.
 *
 * @param {Record<string, LockEntry>} packages
 * @param {string} parent
 * @param {string} name
 */
function isResolved(packages, parent, name) {
  for (let folder = parent; ; folder = folder.replace(/\/?[^/]*$/, '')) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}
