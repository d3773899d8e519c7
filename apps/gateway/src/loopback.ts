import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** Why the gateway does not listen on `host`; undefined when it does. */
export function hostProblem(host: string, hasClients: boolean): string | undefined {
  if (hasClients || isLoopback(host)) return undefined;
  return (
    `${host} can be reached from other machines, and the configuration names no clients that may ask: ` +
    'name them under clients, or listen on 127.0.0.1, ::1 or localhost'
  );
}
