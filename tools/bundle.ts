/** Bundles each program in `src/programs` into one file in `dist`, and says how large it is. */
import { globSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'

const programs = globSync('src/programs/*/main.ts').map((file) => ({
  in: file,
  out: basename(dirname(file)),
}))

/** The controller reads calendars in a thread, whose program is a file of its own (src/programs/controller/group-sources.ts). */
const entryPoints = [...programs, { in: 'src/calendar/reader-thread.ts', out: 'calendar-thread' }]

/** CommonJS packages inside of an ES module look for `require`. */
const banner = `import { createRequire as createRequireOfBundle } from 'node:module'
const require = createRequireOfBundle(import.meta.url)`

/**
 * The package of the Kubernetes client does not say that its modules do nothing but define. So all its models of what Kubernetes
 * knows would come along, 8 MB of memory, of which nothing is used.
 */
const unusedModels: Plugin = {
  name: 'unused models',
  setup(build) {
    build.onResolve({ filter: /^\./ }, async ({ path, pluginData, ...from }) => {
      if (!from.importer.includes('/@kubernetes/client-node/') || pluginData === 'resolving') return undefined
      return { ...(await build.resolve(path, { ...from, pluginData: 'resolving' })), sideEffects: false }
    })
  },
}

rmSync('dist', { recursive: true, force: true })
const { metafile } = await build({
  entryPoints,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: true,
  // Names stay, for stack traces.
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'linked',
  plugins: [unusedModels],
  metafile: true,
  banner: { js: banner },
  logLevel: 'warning',
})

for (const [file, { bytes, entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint === undefined) continue
  // One character is enough to have Node keep the whole program in two bytes a character.
  if (/[^\0-\x7f]/.test(readFileSync(file, 'latin1'))) throw new Error(`${file} is not ASCII only`)
  console.log(`✔ ${basename(file).padEnd(24)}${(bytes / 1e6).toFixed(1)} MB`)
}
