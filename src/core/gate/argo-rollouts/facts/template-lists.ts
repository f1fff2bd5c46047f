/** Lists of a Pod template as units: each item by its own name, and the order of all. */
import { isObject, text } from '../../../json-object.ts'
import type { JsonObject } from '../../../json-object.ts'
import { plainImage, plainName } from './plain.ts'
import { fieldUnits, unit } from './template-fields.ts'
import type { Unit } from './template-fields.ts'

/** Containers, each with what it has. @param kind such as `init container` */
export function containersUnits(kind: string, value: unknown): readonly Unit[] {
  if (!Array.isArray(value))
    return value === undefined ? [] : [unit({ subject: 'Pod', name: `${kind}s` }, value)]
  const containers = value.map((item: unknown) => (isObject(item) ? item : {}))
  const ids = distinct(containers.map(({ name }) => nameIn(name)))
  return [
    ...containers.flatMap((container, index) => containerUnits(`${kind} ${ids[index] ?? ''}`, container)),
    order('Pod', `${kind}s`, ids),
  ]
}

function containerUnits(subject: string, container: JsonObject): readonly Unit[] {
  const { image, env, envFrom, volumeMounts, ports, ...rest } = container
  return [
    { ...unit({ subject, name: 'image' }, image), shown: plainImage(textOf(image)) },
    ...fieldUnits(subject, rest),
    ...itemUnits({ subject, kind: 'env' }, env, ({ name, valueFrom }) => [nameIn(name), sourceOf(valueFrom)]),
    ...itemUnits({ subject, kind: 'envFrom' }, envFrom, (item) => [sourceOf(item)]),
    ...itemUnits({ subject, kind: 'mount' }, volumeMounts, ({ mountPath, name }) => [
      nameIn(mountPath),
      `volume ${nameIn(name)}`,
    ]),
    ...itemUnits({ subject, kind: 'port' }, ports, ({ containerPort, protocol }) => [
      `${Number(containerPort)}/${nameIn(protocol)}`,
    ]),
  ]
}

/** The volumes of a Pod template, each by its name. */
export function volumeUnits(value: unknown): readonly Unit[] {
  return itemUnits({ subject: 'volumes', kind: 'volume' }, value, ({ name, ...source }) => [
    nameIn(name),
    sourceOf(source),
  ])
}

/** What an item is called, in plain letters, and what may be shown of it. */
type Described = readonly [name: string, shown?: string]

function itemUnits(
  { subject, kind }: { readonly subject: string; readonly kind: string },
  value: unknown,
  describe: (item: JsonObject) => Described,
): readonly Unit[] {
  if (!Array.isArray(value)) return value === undefined ? [] : [unit({ subject, name: kind }, value)]
  const described = value.map((item: unknown): Described => (isObject(item) ? describe(item) : ['']))
  const ids = distinct(described.map(([name]) => name))
  const units = value.map((item: unknown, index): Unit => {
    const shown = described[index]?.[1]
    return {
      ...unit({ subject, name: `${kind} ${ids[index] ?? ''}` }, item),
      ...(shown !== undefined && { shown }),
    }
  })
  return [...units, order(subject, kind, ids)]
}

/** Later items may depend on earlier ones, and of two that are alike the later one counts. */
function order(subject: string, kind: string, ids: readonly string[]): Unit {
  return { ...unit({ subject, name: `order of ${kind}` }, ids), isOrder: true }
}

/** An item that repeats a name is another item. */
function distinct(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}

/** Where something comes from: Secrets and ConfigMaps by their names, of everything else the kind. */
function sourceOf(value: unknown): string {
  if (!isObject(value)) return 'a value'
  const [[kind, source] = []] = Object.entries(value).filter(([, member]) => isObject(member))
  if (kind === undefined || !isObject(source)) return 'nothing'
  if (kind === 'projected' && Array.isArray(source.sources))
    return `projected from ${source.sources.map(sourceOf).join(' and ')}`
  const key = text(source.key)
  for (const [member, noun, field] of kindsOfSource) {
    const name = member === kind ? text(source[field]) : undefined
    if (name !== undefined)
      return `${noun} ${plainName(name)}${key === undefined ? '' : ` key ${plainName(key)}`}`
  }
  return plainName(kind)
}

const kindsOfSource = [
  ['secret', 'Secret', 'secretName'],
  ['secret', 'Secret', 'name'],
  ['secretRef', 'Secret', 'name'],
  ['secretKeyRef', 'Secret', 'name'],
  ['configMap', 'ConfigMap', 'name'],
  ['configMapRef', 'ConfigMap', 'name'],
  ['configMapKeyRef', 'ConfigMap', 'name'],
  ['persistentVolumeClaim', 'PersistentVolumeClaim', 'claimName'],
  ['hostPath', 'path of the node', 'path'],
  ['fieldRef', 'field', 'fieldPath'],
  ['resourceFieldRef', 'resource', 'resource'],
] as const

function nameIn(value: unknown): string {
  return plainName(textOf(value))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
