// What a running colony takes of the store, by name, as server-parts.ts of the server.
export { openDatabase } from '@coral/storage';
