// AssemblyScript: `npm run generate` makes src/kernel/gen of it.
export { uncompress } from './uncompress';
export { follow } from './follow';
export { stoppedAt, entryAt } from './stopped';
