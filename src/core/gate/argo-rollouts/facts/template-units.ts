/**
 * A Pod template as named units, each of which can be compared as a whole. Everything in the template is in one of them, be it known
 * here or not; so two templates without a unit that differs are the same.
 */
import { isObject } from '../../../json-object.ts'
import type { JsonObject } from '../../../json-object.ts'
import { fieldUnits, unit } from './template-fields.ts'
import type { Unit } from './template-fields.ts'
import { containersUnits, volumeUnits } from './template-lists.ts'
import { plainName } from './plain.ts'

/** Argo Rollouts adds it to every template that it makes a ReplicaSet of. */
const hashLabel = 'rollouts-pod-template-hash'

/**
 * @param template as the API server has it, with its defaults: of a ReplicaSet, not of a Rollout
 * @param transient labels and annotations that Argo Rollouts adds to it for as long as it is canary or stable
 */
export function unitsOf(template: JsonObject, transient: Transient): readonly Unit[] {
  const { metadata, spec, ...rest } = template
  const { containers, initContainers, volumes, ...pod } = objectIn(spec)
  return [
    ...containersUnits('container', containers),
    ...containersUnits('init container', initContainers),
    ...volumeUnits(volumes),
    ...fieldUnits('Pod', withoutAlias(pod)),
    ...metadataUnits(objectIn(metadata), transient),
    ...fieldUnits('Pod template', rest),
  ]
}

/** What Argo Rollouts adds to a template for as long as it is canary or stable; it is no difference. */
export type Transient = {
  readonly labels: Readonly<Record<string, unknown>>
  readonly annotations: Readonly<Record<string, unknown>>
}

function metadataUnits({ labels, annotations, ...rest }: JsonObject, transient: Transient): readonly Unit[] {
  const own = Object.entries(objectIn(labels)).filter(([key]) => key !== hashLabel)
  return [
    ...keyUnits('label', without(Object.fromEntries(own), transient.labels)),
    ...keyUnits('annotation', without(objectIn(annotations), transient.annotations)),
    ...fieldUnits('metadata', rest),
  ]
}

function keyUnits(kind: string, values: JsonObject): readonly Unit[] {
  return Object.entries(values).map(([key, value]) =>
    unit(
      { subject: 'labels and annotations', name: `${kind} ${plainName(key)}`, key: `${kind} ${key}` },
      value,
    ),
  )
}

function without(values: JsonObject, removed: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => removed[key] !== value))
}

/** The API server keeps the ServiceAccount under an old name too. */
function withoutAlias({ serviceAccount, ...pod }: JsonObject): JsonObject {
  return serviceAccount === undefined || serviceAccount === pod.serviceAccountName
    ? pod
    : { ...pod, serviceAccount }
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
