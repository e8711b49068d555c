export { uncompress } from './uncompress';
export { follow } from './follow';
export { stoppedAt, entryAt } from './stopped';
