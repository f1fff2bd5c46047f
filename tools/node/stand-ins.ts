/**
 * Base images, made of this machine's files under the names of the real ones, since no registry is asked: Node with the libraries
 * that it needs and, to build, npm and a shell. Like distroless, what runs has no shell. And images that examples name.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { requireBinary } from '../envtest/binaries.ts'

const certificates = '/etc/ssl/certs/ca-certificates.crt'

type StandIn = { readonly image: string; readonly context: string }

/** Writes a context for each below the directory. */
export function standIns(
  directory: string,
): Readonly<Record<'runtime' | 'build' | 'pause' | 'kubectl', StandIn>> {
  const runtime = contextIn(join(directory, 'runtime'), 'USER 65532:65532\nENTRYPOINT ["/nodejs/bin/node"]')
  addProgram(runtime, process.execPath, '/nodejs/bin/node')

  const trusted = `NODE_EXTRA_CA_CERTS=${certificates}`
  const build = contextIn(join(directory, 'build'), `ENV PATH=/usr/bin:/bin ${trusted}`)
  addProgram(build, process.execPath, '/usr/bin/node')
  addProgram(build, '/bin/sh', '/bin/sh')
  addProgram(build, '/usr/bin/env', '/usr/bin/env')
  addFile(build, certificates)
  addNpm(build)

  // The kubelet keeps one such container per Pod, which holds its namespaces.
  const pause = contextIn(join(directory, 'pause'), 'ENTRYPOINT ["/bin/sleep", "infinity"]')
  addProgram(pause, '/bin/sleep', '/bin/sleep')
  const kubectl = contextIn(join(directory, 'kubectl'), 'ENV PATH=/bin')
  for (const program of ['/bin/sh', '/bin/date', '/bin/sleep']) addProgram(kubectl, program, program)
  addFile(kubectl, requireBinary('kubectl'), '/bin/kubectl')
  return {
    runtime: { image: nameOf('RUNTIME_IMAGE'), context: runtime },
    build: { image: nameOf('BUILD_IMAGE'), context: build },
    pause: { image: 'localhost/pause:1', context: pause },
    kubectl: { image: imageOfTheDrainJob(), context: kubectl },
  }
}

/** As the Dockerfile has it. */
function nameOf(argument: string): string {
  const name = new RegExp(`^ARG ${argument}=(\\S+)$`, 'm').exec(readFileSync('Dockerfile', 'utf8'))?.[1]
  if (name === undefined) throw new Error(`Dockerfile has no default for ${argument}.`)
  return name
}

function imageOfTheDrainJob(): string {
  const job = readFileSync('deploy/examples/drain-node/job.yaml', 'utf8')
  const name = /image: (\S+)$/m.exec(job)?.[1]
  if (name === undefined) throw new Error('the Job that drains a node names no image.')
  return name
}

function contextIn(directory: string, instructions: string): string {
  mkdirSync(join(directory, 'files'), { recursive: true })
  writeFileSync(join(directory, 'Dockerfile'), `FROM scratch\nCOPY files /\n${instructions}\n`)
  return directory
}

function addFile(context: string, path: string, to = path): void {
  cpSync(realpathSync(path), join(context, 'files', to), { recursive: true })
}

function addProgram(context: string, path: string, to: string): void {
  addFile(context, path, to)
  const libraries = execFileSync('ldd', [realpathSync(path)], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
  for (const library of libraries) addFile(context, library)
}

function addNpm(context: string): void {
  const [npm = ''] = execFileSync('which', ['-a', 'npm'], { encoding: 'utf8' }).split('\n')
  addFile(context, dirname(dirname(realpathSync(npm))), '/usr/lib/npm')
  symlinkSync('/usr/lib/npm/bin/npm-cli.js', join(context, 'files/usr/bin/npm'))
}
