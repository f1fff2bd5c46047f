export default {
  entry: [
    'src/programs/*/main.ts',
    // A thread's program.
    'src/calendar/reader-thread.ts',
    'tools/**/*.ts',
    'test/**/*.test.ts',
    'test/support/clusters/global-setup.ts',
    'test/bench/main.ts',
    // Started as programs of their own.
    'test/support/attack/{crowd,hostile-provider,ping-sender,editor}.ts',
    'test/e2e/node/record.ts',
    'test/integration/upgrade/record.ts',
  ],
  project: ['src/**/*.ts', 'test/**/*.ts', 'tools/**/*.ts'],
  // A type that an exported function speaks of is exported with it.
  ignoreExportsUsedInFile: true,
  // Go builds the control plane; Debian's openssl makes a certificate in a test.
  ignoreBinaries: ['go', 'openssl', 'buildah', 'ctr', 'ip', 'ldd', 'mount', 'promtool', 'lua5.1'],
  // Used by the Makefile.
  ignoreDependencies: ['dependency-cruiser'],
}
