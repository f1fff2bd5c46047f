/** Fields of a Pod template as units: what is compared, and how much of it may be shown. */
import canonicalize from 'canonicalize'
import { isObject } from '../../../json-object.ts'
import type { JsonObject } from '../../../json-object.ts'
import { plainName } from './plain.ts'

/** A part of a Pod template that is compared as a whole. */
export type Unit = {
  /** What it belongs to, such as `container foo`. */
  readonly subject: string
  /** Its name there, such as `env LOG_LEVEL`. */
  readonly name: string
  /** What it is compared by, where its name is made of text that may be longer than what is shown of it. */
  readonly key?: string
  /** All of it, to be compared. Never shown: it may hold what is secret. */
  readonly content: string
  /** What may be shown of it: a name, a number, a quantity. */
  readonly shown?: string
  /** Only the order of others: nothing of its own where some of them are added or removed. */
  readonly isOrder?: true
}

/** Each member is a unit, and each leaf below members whose leaves mean something alone. */
export function fieldUnits(subject: string, fields: JsonObject): readonly Unit[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    taken.includes(key) && isObject(value)
      ? leafUnits(subject, key, value)
      : [fieldUnit(subject, key, value)],
  )
}

/** Taken apart. */
const taken = ['resources', 'securityContext']

/** Texts that are names. What else is text may hold what is secret, such as a command or a probe's header. */
const names = [
  ...['serviceAccountName', 'serviceAccount', 'priorityClassName', 'runtimeClassName', 'schedulerName'],
  ...['nodeName', 'dnsPolicy', 'restartPolicy', 'imagePullPolicy', 'preemptionPolicy'],
]

function fieldUnit(subject: string, key: string, value: unknown): Unit {
  const isShown = typeof value === 'boolean' || typeof value === 'number' || names.includes(key)
  return unit({ subject, name: plainName(key), key }, value, isShown ? value : undefined)
}

function leafUnits(subject: string, path: string, fields: JsonObject): readonly Unit[] {
  return Object.entries(fields).flatMap(([member, value]) => {
    const key = `${path}.${member}`
    if (isObject(value)) return leafUnits(subject, key, value)
    const texts = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
    const shown = texts?.length === 0 ? undefined : (texts?.join('+') ?? value)
    return [unit({ subject, name: plainName(key), key }, value, shown)]
  })
}

/** @param shown a value of which only a name, a number or a word is shown */
export function unit(of: Pick<Unit, 'subject' | 'name' | 'key'>, value: unknown, shown?: unknown): Unit {
  const content = canonicalize(value) ?? ''
  const isShown = ['string', 'number', 'boolean'].includes(typeof shown)
  return { ...of, content, ...(isShown && { shown: plainName(String(shown)) }) }
}
