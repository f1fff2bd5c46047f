/**
 * The arrows between folders (docs/architecture.md): `api` imports nothing, `core` only `api`, adapters `core` and `api`
 * but never each other, servers `http` as well, `programs` everything. Then which folder may import which npm package.
 */
const adapters = [
  'oidc',
  'kubernetes',
  'sealing',
  'runtime',
  'http',
  'telemetry',
  'embedded-provider',
  'calendar',
]

/** Folder → the folders of src that it may import besides itself. */
const arrows = {
  api: [],
  core: ['api'],
  ...Object.fromEntries(adapters.map((adapter) => [adapter, ['api', 'core']])),
  controllers: ['api', 'core', 'runtime'],
  http: ['api', 'core', 'runtime'],
  gate: ['api', 'core', 'http'],
  inbox: ['api', 'core'],
  ping: ['api', 'core', 'http'],
  verify: ['api', 'core'],
  // The signature of a token, whoever it is for.
  oidc: ['api', 'core', 'verify'],
}

/** Package → where it may be imported (a pattern below the root). */
const packages = {
  '@hono/node-server': '^src/http/',
  '@kubernetes/client-node': '^(src/kubernetes|test|tools)/',
  canonicalize: '^src/(api|core)/',
  commander: '^(src/programs|tools)/',
  hono: '^src/(http|inbox|gate|ping|embedded-provider)/|^test/',
  'ical.js': '^src/calendar/',
  jose: '^(src/(oidc|sealing|embedded-provider|verify)|test|tools)/',
  'oidc-provider': '^(src/embedded-provider|test)/',
  'openid-client': '^src/oidc/|^test/',
  pino: '^src/telemetry/',
  'playwright-core': '^test/browser/',
  'prom-client': '^src/telemetry/',
  undici: '^(src/(kubernetes|oidc)|test|tools)/',
  yaml: '^(src/(programs|embedded-provider|kubernetes)|test|tools)/',
}

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '^(src/programs|tools|test)/|\\.config\\.' },
      to: {},
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'src-never-imports-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|tools)/' },
    },
    {
      name: 'only-programs-compose',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/programs/' },
      to: { path: '^src/programs/' },
    },
    ...Object.entries(arrows).map(([folder, allowed]) => ({
      name: `${folder}-imports-only-${allowed.join('-and-') || 'nothing'}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
    })),
    ...Object.entries(packages).map(([name, where]) => ({
      name: `${name}-only-where-listed`,
      severity: 'error',
      from: { path: '^(src|test|tools)/', pathNot: where },
      to: { path: `^node_modules/${name}/` },
    })),
    {
      name: 'every-package-is-listed',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev'],
        pathNot: Object.keys(packages).map((name) => `^node_modules/${name}/`),
      },
    },
    {
      name: 'what-the-inbox-keeps-knows-no-page',
      severity: 'error',
      from: { path: '^src/inbox/prompts/' },
      to: { path: '^src/inbox/views/' },
    },
    {
      name: 'core-imports-nothing-of-node',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.gen\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
