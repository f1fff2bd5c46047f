/** Bundles each program in `src/bin` into one file in `dist`, and says how large it is. */
import { readdirSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { build } from 'esbuild'

const entryPoints = readdirSync('src/bin')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/bin/${file}`)

/** CommonJS packages inside of an ES module look for `require`. */
const banner = `import { createRequire as createRequireOfBundle } from 'node:module'
const require = createRequireOfBundle(import.meta.url)`

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
  // Comments that are not Latin-1 make V8 keep the whole program in two bytes a character. Names stay, for stack traces.
  minifyWhitespace: true,
  lineLimit: 160,
  metafile: true,
  banner: { js: banner },
  logLevel: 'warning',
})

for (const [file, { bytes, entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint !== undefined) console.log(`✔ ${basename(file).padEnd(24)}${(bytes / 1e6).toFixed(1)} MB`)
}
