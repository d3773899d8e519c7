import { serveAdmin } from './admin/admin-routes.ts';
import { foreignHost, foreignOrigin } from './admin/own-host.ts';
import type { Page } from './dashboard/page.ts';
import type { Exchange } from './exchange.ts';
import { serveMetrics } from './metrics.ts';
import { serveOpenAI } from './openai/front.ts';
import { serveModel, serveModels } from './openai/models.ts';
import { operations } from './openai/operation.ts';
import { serveRefusal } from './openai/refused.ts';
import { serveStoredResponse } from './openai/stored-response.ts';
import { badRequest } from './openai-error.ts';
import { serveHealth, serveReadiness } from './probes.ts';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly serve: (exchange: Exchange) => void | Promise<void>;
}

const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ...operations.map((operation): [string, Route] => [
    `/v1${operation.path}`,
    { method: 'POST', serve: (exchange) => serveOpenAI(exchange, operation) },
  ]),
  ['/v1/models', { method: 'GET', serve: serveModels }],
  ['/healthz', { method: 'GET', serve: serveHealth }],
  ['/readyz', { method: 'GET', serve: serveReadiness }],
  ['/metrics', { method: 'GET', serve: serveMetrics }],
]);

/** Serves a request by its path and method. */
export function route(exchange: Exchange): void {
  const { method, url = '/' } = exchange.req;
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const { admin, clients, hosts } = exchange.state;
  // Where there are no keys, a page that reached this port would be as good as any client.
  const { req } = exchange;
  const refused =
    clients === undefined ? (foreignHost(req, hosts) ?? foreignOrigin(req)) : undefined;
  if (refused !== undefined) {
    exchange.answerError(refused);
    return;
  }
  if (admin !== undefined && path.startsWith('/admin/')) {
    serveAdmin(exchange, admin, path, query < 0 ? '' : url.slice(query));
    return;
  }
  if (admin?.page !== undefined && servePage(exchange, admin.page, path)) return;
  const found = routes.get(path);
  if (found === undefined) {
    const search = query < 0 ? '' : url.slice(query);
    if (
      serveStoredResponse(exchange, path, search) ||
      serveRefusal(exchange, path) ||
      serveModel(exchange, path)
    )
      return;
    const message = `There is no ${path} here; there are ${[...routes.keys()].join(', ')}.`;
    exchange.answerError(badRequest(404, 'unknown_path', message));
  } else if (found.method !== method) {
    const message = `${path} takes ${found.method}, not ${method}.`;
    const headers = ['allow', found.method];
    exchange.answerError(badRequest(405, 'method_not_allowed', message, { headers }));
  } else {
    found.serve(exchange)?.catch((error: unknown) => exchange.answerFault(error));
  }
}

/** Serves the dashboard, to those who came by an address of the gateway; false where `path` is no file of it. */
function servePage(exchange: Exchange, page: Page, path: string): boolean {
  const refused = foreignHost(exchange.req, exchange.state.hosts);
  if (refused === undefined || !page.has(path)) return page.serve(exchange, path);
  exchange.answerError(refused);
  return true;
}
