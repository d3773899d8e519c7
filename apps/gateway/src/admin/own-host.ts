import type { IncomingMessage } from 'node:http';

import { isLoopback } from '../loopback.ts';
import { type ApiError, badRequest } from '../openai-error.ts';

/**
 * The answer to a request whose `Host` is none of the addresses the gateway listens on, nor of `hosts`, names in lower
 * case that lead here; undefined when it is one. A web
 * page can have its own name lead to this machine (DNS rebinding), and so pass for this gateway's origin, but its name
 * still stands in the header. The port is not looked at: it differs where one is forwarded, and rebinding needs a name.
 */
export function foreignHost(
  { headers, socket }: IncomingMessage,
  hosts: readonly string[],
): ApiError | undefined {
  const name = hostName(headers.host ?? '');
  const local = socket.localAddress?.replace(/^::ffff:/, '');
  if (isLoopback(name) || (name !== '' && name === local) || hosts.includes(name)) {
    return undefined;
  }
  const message =
    'The Host header names none of the addresses this gateway listens on, and no name of server.admin.hosts.';
  return badRequest(403, 'host_not_allowed', message);
}

/** The answer to a request that a page of another origin sent; undefined when none did. */
export function foreignOrigin({ headers }: IncomingMessage): ApiError | undefined {
  const { origin, host } = headers;
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) {
    return undefined;
  }
  return badRequest(403, 'origin_not_allowed', 'Pages of other origins have no access.');
}

/** The name or address in a `Host` header, without port and brackets. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d*$/, '')).toLowerCase();
}
