import type { Exchange } from '../exchange.ts';
import { badRequest } from '../openai-error.ts';
import { readBody } from '../read-body.ts';
import { serveCall } from '../dashboard/calls.ts';
import { serveSend } from '../dashboard/send.ts';
import { tryTarget } from '../dashboard/try-target.ts';
import type { AdminCall } from './admin-call.ts';
import type { Admin } from './admin.ts';
import { serveDecision, serveDecisions } from './decisions.ts';
import { serveEvents } from './events.ts';
import { serveExplain } from './explain.ts';
import { foreignHost, foreignOrigin } from './own-host.ts';
import { servePools } from './pools.ts';
import { addTarget, drainTarget, enableTarget, removeTarget, weighTarget } from './targets.ts';
import { reload } from './reload.ts';

interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/admin/`; `*` is a name. */
  readonly path: string;
  readonly serve: (call: AdminCall) => void | Promise<void>;
}

const routes: readonly AdminRoute[] = [
  { method: 'GET', path: 'pools', serve: servePools },
  { method: 'POST', path: 'pools/*/targets', serve: addTarget },
  { method: 'DELETE', path: 'pools/*/targets/*', serve: removeTarget },
  { method: 'POST', path: 'pools/*/targets/*/drain', serve: drainTarget },
  { method: 'POST', path: 'pools/*/targets/*/enable', serve: enableTarget },
  { method: 'POST', path: 'pools/*/targets/*/weight', serve: weighTarget },
  { method: 'POST', path: 'pools/*/targets/*/try', serve: tryTarget },
  { method: 'POST', path: 'reload', serve: reload },
  { method: 'GET', path: 'decisions', serve: serveDecisions },
  { method: 'GET', path: 'decisions/*', serve: serveDecision },
  { method: 'POST', path: 'explain', serve: serveExplain },
  { method: 'POST', path: 'send', serve: serveSend },
  { method: 'GET', path: 'calls/*', serve: serveCall },
  { method: 'GET', path: 'watch', serve: (call) => call.admin.watches.serve(call) },
  {
    method: 'GET',
    path: 'events',
    serve: ({ exchange, admin }) => serveEvents(exchange, admin.feed),
  },
];

/** Serves `/admin/*`, to those who have the token, and to no web page of another origin. */
export function serveAdmin(exchange: Exchange, admin: Admin, path: string, search: string): void {
  const { req } = exchange;
  const refused = foreignHost(req, exchange.state.hosts) ?? foreignOrigin(req);
  if (refused !== undefined) {
    exchange.answerError(refused);
    return;
  }
  if (!admin.token.opens(req.headers.authorization)) {
    const message =
      'The admin API wants its token, as the header `authorization: Bearer TOKEN`. It is the configuration’s ' +
      '`server.admin.token`, or what was printed at start.';
    const headers = ['www-authenticate', 'Bearer'];
    exchange.answerError(badRequest(401, 'invalid_admin_token', message, { headers }));
    return;
  }
  const below = path.slice('/admin/'.length);
  const matches = routes.flatMap((route) => {
    const names = namesIn(route.path, below);
    return names === undefined ? [] : [{ route, names }];
  });
  const match = matches.find(({ route }) => route.method === req.method);
  if (match === undefined) {
    refusePath(
      exchange,
      path,
      matches.map(({ route }) => route.method),
    );
    return;
  }
  const call = { exchange, admin, names: match.names, query: new URLSearchParams(search) };
  const serve = (json: AdminCall['json'], body: Buffer): void => {
    match.route
      .serve({ ...call, json, body })
      ?.catch((error: unknown) => exchange.answerFault(error));
  };
  if (match.route.method !== 'POST') {
    serve({}, Buffer.alloc(0));
    return;
  }
  readBody(exchange, (body) => {
    const json = body.length === 0 ? {} : parse(body);
    if (json !== undefined) serve(json, body);
    else exchange.answerError(badRequest(400, 'invalid_json', 'The body must be a JSON object.'));
  });
}

function refusePath(exchange: Exchange, path: string, methods: readonly string[]): void {
  if (methods.length === 0) {
    const list = routes.map(({ method, path: known }) => `${method} /admin/${known}`).join(', ');
    exchange.answerError(
      badRequest(404, 'unknown_path', `There is no ${path} here; there are ${list}.`),
    );
    return;
  }
  const message = `${path} takes ${methods.join(' and ')}, not ${exchange.req.method}.`;
  const headers = ['allow', methods.join(', ')];
  exchange.answerError(badRequest(405, 'method_not_allowed', message, { headers }));
}

/** What stands where `pattern` has `*`; undefined when the path is another. */
function namesIn(pattern: string, path: string): string[] | undefined {
  const wanted = pattern.split('/');
  const steps = path.split('/');
  if (steps.length !== wanted.length) return undefined;
  const names: string[] = [];
  for (const [index, step] of steps.entries()) {
    if (wanted[index] === '*') {
      const name = decoded(step);
      if (name === undefined) return undefined;
      names.push(name);
    } else if (wanted[index] !== step) {
      return undefined;
    }
  }
  return names;
}

function decoded(step: string): string | undefined {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(body.toString());
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    return isObject ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
