// Which package may know which, as rules over folders. Each rule is seen to fire in scripts/test/rules.test.ts.
const kind = 'packages/(?:strategies|providers|stores|metrics|clients)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'core-imports-nothing',
      comment: 'The contracts stand alone: no package, no dependency, no Node module.',
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: { pathNot: '^packages/core/src/' },
    },
    {
      name: 'libraries-know-only-core',
      comment: 'The engine and its companions take plugins as arguments and import none.',
      severity: 'error',
      from: { path: '^packages/(balancer|config|testkit)/src/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/($1|core)/' },
    },
    {
      name: 'simulator-knows-core-and-balancer',
      comment: 'The simulator runs the real engine; strategies are handed in.',
      severity: 'error',
      from: { path: '^packages/simulator/src/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/(simulator|core|balancer)/' },
    },
    {
      name: 'monitor-knows-core-and-balancer',
      comment: 'It watches what the engine tells, and knows neither plugins nor the gateway.',
      severity: 'error',
      from: { path: '^packages/monitor/src/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/(monitor|core|balancer)/' },
    },
    {
      name: 'dashboard-knows-the-monitor',
      comment: 'The page shows what it is sent, and so knows the shapes of that and nothing else.',
      severity: 'error',
      from: { path: '^apps/dashboard/src/' },
      to: { path: '^(packages|apps)/', pathNot: '^(packages/monitor|apps/dashboard)/' },
    },
    {
      name: 'strategies-import-no-strategy',
      comment: 'A strategy that wraps others takes them as arguments.',
      severity: 'error',
      from: { path: '^packages/strategies/([^/]+)/(src|test)/' },
      to: { path: '^packages/strategies/', pathNot: '^packages/strategies/$1/' },
    },
    {
      name: 'plugins-know-only-core',
      comment: 'A plugin is written against the contracts, so that it can be installed by itself.',
      severity: 'error',
      from: { path: '^packages/(strategies|providers|stores|metrics)/([^/]+)/src/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/(core|$1/$2)/' },
    },
    {
      name: 'plugin-tests-know-core-and-testkit',
      comment: 'What a plugin promises is shown against the contract suites alone.',
      severity: 'error',
      from: { path: '^packages/(strategies|providers|stores|metrics)/([^/]+)/(test|bench)/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/(core|testkit|$1/$2)/' },
    },
    {
      name: 'clients-know-core-and-balancer',
      comment:
        'A client package plugs a balancer into an SDK; it knows no provider and no strategy.',
      severity: 'error',
      from: { path: '^packages/clients/([^/]+)/src/' },
      to: { path: '^(packages|apps)/', pathNot: '^packages/(core|balancer|clients/$1)/' },
    },
    {
      name: 'only-compose-imports-plugins',
      comment: 'One file of the gateway names plugins; all else of it works with the contracts.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/', pathNot: '^apps/gateway/src/compose\\.ts$' },
      to: { path: `^${kind}` },
    },
    {
      name: 'packages-import-no-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|examples)/' },
    },
    {
      name: 'sources-import-no-tests',
      comment: 'What is published must not need what is not.',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '/(test|bench)/', pathNot: 'node_modules/' },
    },
    {
      name: 'packages-by-name',
      comment: 'Another package is reached by its name, never by a path into its folder.',
      severity: 'error',
      from: { path: `^(${kind}[^/]+|packages/[^/]+|apps/[^/]+)/(src|test|bench)/` },
      to: { path: '^(packages|apps)/', pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-cycles',
      comment:
        'Two interfaces may name each other (a target has a provider, a provider reads a target).',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'declared-dependencies',
      comment: 'Sources import only what their own manifest declares for those who install it.',
      severity: 'error',
      from: { path: '/src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'],
      },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    // Imports of types alone bind packages to each other as much as the others do.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      // Sources, not builds: an import that ends in an excluded dist/ would break no rule.
      conditionNames: ['@plimsoll/source', 'import', 'node', 'types', 'default'],
    },
  },
};
