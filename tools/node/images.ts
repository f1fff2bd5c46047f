/** The project's images, built by buildah from the Dockerfile, as archives that containerd imports. */
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageJson from '../../package.json' with { type: 'json' }
import { standIns } from './stand-ins.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Target of the Dockerfile → the image's repository, as the chart has it. */
const targets = { countersign: 'countersign', 'identity-provider': 'countersign-identity-provider' }

/** For `directory`, which is to be removed afterwards. @returns the archives */
export function buildImages(directory: string): readonly string[] {
  const storage = [`--root=${join(directory, 'buildah')}`, `--runroot=${join(directory, 'buildah-run')}`]
  const buildah = (...args: readonly string[]): void => {
    execFileSync('buildah', [...storage, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  }
  const build = (image: string, args: readonly string[]): void => {
    buildah('bud', '--isolation=chroot', '--pull-never', `--tag=${image}`, ...args)
  }
  const archive = (image: string): string => {
    const path = join(directory, `${image.replaceAll(/\W/g, '-')}.tar`)
    buildah('push', image, `docker-archive:${path}:${image}`)
    return path
  }

  const bases = standIns(join(directory, 'stand-ins'))
  for (const { image, context } of Object.values(bases)) build(image, [context])
  const built = Object.entries(targets).map(([target, repository]) => {
    const image = `localhost/${repository}:${packageJson.version}`
    build(image, [`--target=${target}`, `--build-arg=VERSION=${packageJson.version}`, root])
    const path = archive(image)
    console.log(`✔ ${image.padEnd(48)}${(statSync(path).size / 1e6).toFixed(0)} MB, stood-in base included`)
    return path
  })
  return [archive(bases.pause.image), archive(bases.kubectl.image), ...built]
}
