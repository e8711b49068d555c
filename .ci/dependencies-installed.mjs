import { readFileSync } from 'node:fs';

// Exits with 0 when node_modules holds what package-lock.json says. npm keeps a lockfile of what it
// installed; packages for other systems are in the one and not in the other.

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

function missing() {
  const wanted = read('package-lock.json');
  let installed;
  try {
    installed = read('node_modules/.package-lock.json');
  } catch (error) {
    if (error.code === 'ENOENT') return ['node_modules'];
    throw error;
  }
  return Object.entries(wanted)
    .filter(([path, { optional }]) => path.includes('node_modules/') && !optional)
    .filter(([path, { version, link }]) => {
      const found = installed[path];
      return found === undefined || (!link && found.version !== version);
    })
    .map(([path]) => path);
}

const paths = missing();
if (paths.length > 0) {
  console.log(`not installed: ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}`);
  process.exitCode = 1;
}
