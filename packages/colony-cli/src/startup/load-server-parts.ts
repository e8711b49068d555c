/** Loads what the server stage and the jobs stage take; at once when it is loaded already. */
export const loadServerParts = () => import('./server-parts.js');
