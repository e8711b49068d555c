import { answerJson } from '../answers/json-answer.js';
import type { HealthMonitor } from '../health/health-monitor.js';
import type { Route } from './route.js';

/** `GET /healthz`: whether the colony serves, for probes. Needs no token: it says nothing else. */
export function healthzRoute(monitor: HealthMonitor): Route {
  return {
    method: 'GET',
    path: '/healthz',
    access: 'open',
    dialect: 'json',
    answer: async (_request, response) => {
      const status = await monitor.check();
      answerJson(response, status === 'serving' ? 200 : 503, { status });
    },
  };
}
