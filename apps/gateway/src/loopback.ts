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
export function hostProblem(host: string): string | undefined {
  if (isLoopback(host)) return undefined;
  return (
    `${host} can be reached from other machines, and this version has no client keys to tell who may ask: ` +
    'listen on 127.0.0.1, ::1 or localhost, behind a proxy that checks its callers where others need access'
  );
}
