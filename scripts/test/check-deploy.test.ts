import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkDeploy } from '../check-deploy.ts';
import { plant, root } from './plant.ts';

/** The workspace's own files, with one of them changed. */
function changed(file: string, from: string, to: string): string[] {
  const folder = plant({});
  const taken = readFileSync(join(root, 'deploy/docker/Dockerfile.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!') && !line.includes('apps') && !line.includes('packages'))
    .map((line) => line.slice(1));
  for (const path of ['deploy', 'package.json', 'apps/gateway/package.json', ...taken]) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  cpSync(join(root, 'packages/config/package.json'), join(folder, 'packages/config/package.json'));
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
  return checkDeploy(folder);
}

const docker = 'deploy/docker/Dockerfile';
const compose = 'deploy/compose/compose.yaml';
const unit = 'deploy/systemd/plimsoll.service';
const deployment = 'deploy/helm/plimsoll/templates/deployment.yaml';

test.each([
  [docker, 'USER 1000:1000', 'USER node', `${docker}: its user is node`],
  [docker, 'USER 1000:1000\n', '', `${docker}: its user is root`],
  [
    docker,
    'EXPOSE 8787',
    'EXPOSE 8080',
    `${docker}: the port is 8080, and the configuration's 8787`,
  ],
  [docker, ' pnpm@', ' pnpm@1', `${docker}: it does not install pnpm 12.20.0`],
  [
    'deploy/docker/Dockerfile.dockerignore',
    '**/.env*\n',
    '',
    'deploy/docker/Dockerfile.dockerignore: **/.env* is not left out',
  ],
  [
    compose,
    'prom/prometheus:v3.5.0',
    'prom/prometheus:latest',
    `${compose}: prometheus: prom/prometheus:latest is not pinned`,
  ],
  [compose, '127.0.0.1:3000', '3000', `${compose}: grafana: 3000:3000 is open to other machines`],
  [
    compose,
    '../prometheus/alerts.yaml:',
    '../prometheus/rules.yaml:',
    `${compose}: prometheus: there is no ../prometheus/rules.yaml`,
  ],
  [
    'deploy/compose/.env.example',
    'VALKEY_PASSWORD=\n',
    'VALKEY_PASSWORD=swordfish\n',
    'deploy/compose/.env.example: it has no empty VALKEY_PASSWORD',
  ],
  [
    'deploy/compose/plimsoll/plimsoll.yaml',
    '${PLIMSOLL_ADMIN_TOKEN}',
    '${ADMIN_TOKEN}',
    'deploy/compose/plimsoll/plimsoll.yaml: compose.yaml does not give it ADMIN_TOKEN',
  ],
  [deployment, 'runAsNonRoot: true', '', `${deployment}: no runAsNonRoot: true`],
  [unit, 'DynamicUser=yes', 'User=root', `${unit}: no DynamicUser=yes`],
])('in %s, %j as %j is found', (file, from, to, fault) => {
  expect(changed(file, from, to)).toEqual([fault]);
});

test('an image that is not of the tested Node is found', () => {
  expect(changed(docker, 'node:26.10.0-bookworm-slim\n', 'node:latest\n')).toEqual([
    `${docker}: node:latest is not pinned`,
    `${docker}: node:latest is not the Node 26.10.0 that is tested`,
  ]);
});

test("the workspace's own files agree", () => {
  expect(checkDeploy(root)).toEqual([]);
});
