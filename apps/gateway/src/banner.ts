import { presets, type TargetConfig } from '@plimsoll/config';

import type { ServedPool } from './pool-directory.ts';

/** What a person sees at start, the admin API's `token` too where it was made for this run: where the gateway is, what it spreads requests over, and a line to try. */
export function banner(
  pools: readonly ServedPool[],
  origin: string,
  host: string,
  port: number,
  hasClients: boolean,
  token?: string,
  hasAdmin = true,
): string {
  const address = addressOf(host, port);
  return [
    `Plimsoll listens on ${address}`,
    '',
    origin,
    '',
    table(pools),
    '',
    'Try it:',
    '',
    `  curl -i ${address}/v1/chat/completions \\`,
    ...(hasClients ? ['    -H "authorization: Bearer $KEY" \\'] : []),
    "    -H 'content-type: application/json' \\",
    `    -d '{"model": "${exampleModel(pools)}", "messages": [{"role": "user", "content": "Hello"}]}'`,
    '',
    ...adminLines(address, hasAdmin, token),
  ].join('\n');
}

function adminLines(address: string, hasAdmin: boolean, token: string | undefined): string[] {
  if (!hasAdmin)
    return ['There is no dashboard and no admin API: server.admin.token makes them.', ''];
  if (token === undefined) {
    return [`Dashboard: ${address}/, with the token of server.admin.token`, ''];
  }
  return [
    `Dashboard: ${address}/#token=${token}`,
    '',
    `The token of ${address}/admin/, made for this run: ${token}`,
    '',
  ];
}

/** The same for scripts, in one line of JSON. */
export function bannerJson(
  pools: readonly ServedPool[],
  host: string,
  port: number,
  token?: string,
): string {
  return JSON.stringify({
    url: addressOf(host, port),
    // Present where it was made for this run.
    adminToken: token,
    pools: pools.map(({ name, strategy, targets }) => ({
      name,
      strategy,
      targets: targets.map(({ id }) => id),
    })),
  });
}

function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function table(pools: readonly ServedPool[]): string {
  const rows = [['pool', 'strategy', 'target', 'provider', 'model', 'weight', 'region']];
  for (const pool of pools) {
    for (const [index, target] of pool.targets.entries()) {
      const { id, provider, model, weight, region } = target;
      const first = index === 0 ? [pool.name, pool.strategy] : ['', ''];
      rows.push([...first, id, provider, model, String(weight ?? 1), region ?? '']);
    }
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
    )
    .join('\n');
}

/** A name that works as `model`: the first pool's, or where that is handed on, one that its provider knows. */
function exampleModel(pools: readonly ServedPool[]): string {
  const [pool] = pools;
  const [target] = pool?.targets ?? [];
  if (pool === undefined || target === undefined) return '';
  const handsOn = pool.name.includes('*') || target.model === '*';
  return handsOn ? knownModel(target) : pool.name;
}

function knownModel({ model, provider }: TargetConfig): string {
  if (model !== '*') return model;
  return presets.find(({ name }) => name === provider)?.exampleModel ?? 'the-name-of-a-model';
}
