// node scripts/check-deploy.ts [ROOT]: what stands in deploy/ agrees with itself and with the gateway. Where helm,
// promtool or systemd-analyze are there, they look at it too.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Manifest } from './packages.ts';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly security_opt?: readonly string[];
  readonly cap_drop?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

interface ConfigFile {
  readonly server?: { readonly port?: number };
}

const workspace = resolve(import.meta.dirname, '..');

/** The workspace's own YAML parser, which is a dependency of its configuration package. */
const { parse } = createRequire(join(workspace, 'packages/config/package.json'))('yaml') as {
  parse(text: string): unknown;
};

/** One line for each fault below `root`/deploy; empty if there is none. */
export function checkDeploy(root: string): string[] {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const yaml = (file: string): unknown => parse(read(file));
  const dockerfile = read('deploy/docker/Dockerfile');
  const compose = yaml('deploy/compose/compose.yaml') as Compose;
  const config = yaml('deploy/compose/plimsoll/plimsoll.yaml') as ConfigFile;
  const values = yaml('deploy/helm/plimsoll/values.yaml') as { config: ConfigFile };
  return [
    ...checkDockerfile(dockerfile, JSON.parse(read('package.json')) as Manifest),
    ...checkIgnored(root, read('deploy/docker/Dockerfile.dockerignore')),
    ...checkCompose(root, compose),
    ...checkVariables(read, compose),
    ...checkPorts(config.server?.port, {
      'deploy/docker/Dockerfile': /^EXPOSE (\d+)$/m.exec(dockerfile)?.[1],
      'deploy/compose/compose.yaml': compose.services['plimsoll']?.ports?.[0]?.split(':').at(-1),
      'deploy/compose/prometheus.yaml': /plimsoll:(\d+)/.exec(
        read('deploy/compose/prometheus.yaml'),
      )?.[1],
      'deploy/prometheus/prometheus.yaml': /127\.0\.0\.1:(\d+)/.exec(
        read('deploy/prometheus/prometheus.yaml'),
      )?.[1],
      'deploy/helm/plimsoll/values.yaml': values.config.server?.port,
    }),
    ...checkChart(read, JSON.parse(read('apps/gateway/package.json')) as Manifest),
    ...checkUnit(read('deploy/systemd/plimsoll.service')),
  ];
}

/** A tag that names a version: one that moves by itself gives another image tomorrow. */
function isPinned(image: string): boolean {
  return /:v?\d+\.\d+[\w.-]*$/.test(image);
}

function checkDockerfile(text: string, { devDependencies = {} }: Manifest): string[] {
  const file = 'deploy/docker/Dockerfile';
  const images = [...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!);
  const user = [...text.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1];
  const { node, pnpm } = devDependencies;
  return [
    ...images.filter((image) => !isPinned(image)).map((image) => `${file}: ${image} is not pinned`),
    ...images
      .filter((image) => !image.startsWith(`node:${node}-`))
      .map((image) => `${file}: ${image} is not the Node ${node} that is tested`),
    ...(text.includes(` pnpm@${pnpm}\n`) ? [] : [`${file}: it does not install pnpm ${pnpm}`]),
    // Kubernetes believes only numbers when it is told not to run a container as root.
    ...(/^[1-9]\d*:[1-9]\d*$/.test(user ?? '') ? [] : [`${file}: its user is ${user ?? 'root'}`]),
    ...(text.includes('\nHEALTHCHECK ') ? [] : [`${file}: it has no HEALTHCHECK`]),
  ];
}

function checkIgnored(root: string, text: string): string[] {
  const file = 'deploy/docker/Dockerfile.dockerignore';
  const lines = text.split('\n');
  const taken = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  return [
    ...taken.filter((path) => !existsSync(join(root, path))).map((path) => `${file}: no ${path}`),
    ...['*', '**/node_modules', '**/.env*']
      .filter((line) => !lines.includes(line))
      .map((line) => `${file}: ${line} is not left out`),
  ];
}

function checkCompose(root: string, { services }: Compose): string[] {
  const file = 'deploy/compose/compose.yaml';
  const here = join(root, dirname(file));
  return Object.entries(services).flatMap(([name, service]) => {
    const { image, build, ports = [], volumes = [], security_opt = [], cap_drop = [] } = service;
    const files = [
      ...volumes.map((volume) => volume.split(':')[0]!).filter((source) => source.startsWith('.')),
      ...(build === undefined ? [] : [join(build.context, build.dockerfile)]),
    ];
    return [
      ...(build !== undefined || isPinned(image ?? '') ? [] : [`${image} is not pinned`]),
      ...files.filter((path) => !existsSync(join(here, path))).map((path) => `there is no ${path}`),
      ...ports
        .filter((port) => !port.startsWith('127.0.0.1:'))
        .map((port) => `${port} is open to other machines`),
      ...(security_opt.includes('no-new-privileges:true') ? [] : ['it may gain privileges']),
      ...(cap_drop.includes('ALL') ? [] : ['it keeps capabilities']),
    ].map((fault) => `${file}: ${name}: ${fault}`);
  });
}

/** Whatever a file asks of the environment is given to it, and whoever starts it is told of it. */
function checkVariables(read: (file: string) => string, { services }: Compose): string[] {
  const namesIn = (text: string): string[] => [
    ...new Set([...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name!)),
  ];
  const config = 'deploy/compose/plimsoll/plimsoll.yaml';
  const given = Object.keys(services['plimsoll']?.environment ?? {});
  const example = read('deploy/compose/.env.example');
  return [
    ...namesIn(read(config))
      .filter((name) => !given.includes(name))
      .map((name) => `${config}: compose.yaml does not give it ${name}`),
    ...namesIn(read('deploy/compose/compose.yaml'))
      .filter((name) => !new RegExp(`^${name}=$`, 'm').test(example))
      .map((name) => `deploy/compose/.env.example: it has no empty ${name}`),
  ];
}

function checkPorts(
  wanted: number | undefined,
  found: Readonly<Record<string, string | number | undefined>>,
): string[] {
  return Object.entries(found)
    .filter(([, port]) => Number(port) !== wanted)
    .map(([file, port]) => `${file}: the port is ${port}, and the configuration's ${wanted}`);
}

function checkChart(read: (file: string) => string, { version }: Manifest): string[] {
  const chart = 'deploy/helm/plimsoll/Chart.yaml';
  const { appVersion } = parse(read(chart)) as { appVersion: string };
  const deployment = 'deploy/helm/plimsoll/templates/deployment.yaml';
  const text = read(deployment);
  const wanted = [
    'runAsNonRoot: true',
    'readOnlyRootFilesystem: true',
    'allowPrivilegeEscalation: false',
    'capabilities: { drop: [ALL] }',
    'path: /healthz',
    'path: /readyz',
  ];
  return [
    ...(appVersion === version ? [] : [`${chart}: appVersion ${appVersion} is not ${version}`]),
    ...wanted.filter((line) => !text.includes(line)).map((line) => `${deployment}: no ${line}`),
  ];
}

function checkUnit(text: string): string[] {
  const wanted = [
    'DynamicUser=yes',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'CapabilityBoundingSet=',
  ];
  const lines = text.split('\n');
  return wanted
    .filter((line) => !lines.includes(line))
    .map((line) => `deploy/systemd/plimsoll.service: no ${line}`);
}

/** What `plimsoll check` and the tools that are there say of the files below `root`/deploy. */
function checkByTools(root: string): string[] {
  const scratch = mkdtempSync(join(tmpdir(), 'plimsoll-deploy-'));
  const complaints: string[] = [];
  const run = (command: string, ...args: string[]): void => {
    try {
      execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: 'pipe', env });
      console.log(`ok: ${command} ${args.join(' ')}`);
    } catch (error) {
      const { code, stdout, stderr } = error as { code?: string; stdout: string; stderr: string };
      if (code === 'ENOENT') console.log(`skipped: there is no ${command}`);
      else complaints.push(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
    }
  };
  const env = { ...process.env, ...sampleEnvironment(root) };
  const cli = ['--conditions=@plimsoll/source', 'apps/gateway/src/cli.ts', 'check'];
  try {
    for (const file of readdirSync(join(root, 'deploy/compose/plimsoll'))) {
      run(process.execPath, ...cli, join('deploy/compose/plimsoll', file));
    }
    const chart = 'deploy/helm/plimsoll';
    const { config } = parse(readFileSync(join(root, chart, 'values.yaml'), 'utf8')) as {
      config: object;
    };
    const ofChart = join(scratch, 'values-config.yaml');
    writeFileSync(ofChart, JSON.stringify(config));
    run(process.execPath, ...cli, ofChart);

    const all = '--set=replicas=2,autoscaling.enabled=true,serviceMonitor.enabled=true';
    run('helm', 'lint', '--strict', chart);
    run('helm', 'template', 'plimsoll', chart, '--kube-version=1.30.0', all);
    run('promtool', 'check', 'config', '--syntax-only', 'deploy/compose/prometheus.yaml');
    run('promtool', 'check', 'rules', 'deploy/prometheus/alerts.yaml');

    // The program it starts is not where it will be, so another one stands in for it.
    const unit = join(scratch, 'plimsoll.service');
    const text = readFileSync(join(root, 'deploy/systemd/plimsoll.service'), 'utf8');
    writeFileSync(unit, text.replace('/usr/local/bin/plimsoll', process.execPath));
    run('systemd-analyze', 'verify', unit);
    run('systemd-analyze', 'security', '--offline=true', '--threshold=20', unit);
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return complaints;
}

/** The variables of .env.example, each with a value of the form that is wanted. */
function sampleEnvironment(root: string): Record<string, string> {
  const text = readFileSync(join(root, 'deploy/compose/.env.example'), 'utf8');
  const names = [...text.matchAll(/^(\w+)=$/gm)].map(([, name]) => name!);
  return Object.fromEntries(names.map((name) => [name, 'a'.repeat(64)]));
}

if (import.meta.main) {
  const root = resolve(process.argv[2] ?? '.');
  const complaints = [...checkDeploy(root), ...checkByTools(root)];
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
