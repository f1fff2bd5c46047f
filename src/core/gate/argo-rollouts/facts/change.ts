/**
 * What changes with a revision, as facts for the approver: every difference between the Pod templates of its ReplicaSet and of the
 * stable one, or how many there are besides. What could not be compared is not called unchanged.
 */
import type { JsonObject } from '../../../json-object.ts'
import type { ComputedFact } from '../../../ports/subjects.ts'
import { changesBetween, isContainer } from './template-changes.ts'
import type { Change } from './template-changes.ts'
import type { Unit } from './template-fields.ts'
import { unitsOf } from './template-units.ts'
import type { Transient } from './template-units.ts'

/** One revision of a Rollout, from its ReplicaSet. */
export type Revision = {
  /** Of its ReplicaSet. */
  readonly name: string
  /** Its Pod template, or why there is none to compare. */
  readonly template: { readonly kind: 'Read'; readonly value: JsonObject } | Unreadable
  readonly transient: Transient
}

type Unreadable = { readonly kind: 'Unreadable'; readonly reason: string }

/** What runs for everybody, and what is to replace it. */
export type Revisions = { readonly stable: Revision; readonly updated: Revision }

type Fact = Pick<ComputedFact, 'name' | 'value'>

const mostFacts = 8
const longestValue = 512

/** One fact that says why, where the templates cannot be compared. */
export function changeFacts({ stable, updated }: Revisions): readonly Fact[] {
  const [before, after] = [unitsIn(stable), unitsIn(updated)]
  if (typeof before === 'string') return [unknown(before)]
  if (typeof after === 'string') return [unknown(after)]
  const changes = changesBetween(before, after)
  const facts = [...imageFacts(before, after), ...subjectFacts(changes)]
  const shown = facts.slice(0, mostFacts)
  const told = shown.reduce((sum, { names }) => sum + names, 0)
  const compared = `ReplicaSets ${stable.name} and ${updated.name}`
  return [
    { name: 'Pod template', value: summary(changes.length, told, compared) },
    ...shown.map(({ name, value }) => ({ name, value })),
  ]
}

function unknown(why: string): Fact {
  return { name: 'Pod template', value: `what changes is not known: ${why}` }
}

function summary(all: number, told: number, compared: string): string {
  if (all === 0) return `unchanged: ${compared} were compared in full`
  const number = all === 1 ? '1 difference' : `${all} differences`
  return told === all
    ? `${number}, each named here`
    : `${number}, ${told} of them named here: compare ${compared}`
}

function unitsIn({ template, transient }: Revision): readonly Unit[] | string {
  return template.kind === 'Unreadable' ? template.reason : unitsOf(template.value, transient)
}

/** @param names how many differences it names */
type NamingFact = { readonly name: string; readonly value: string; readonly names: number }

/** Of every container, changed or not: it is what the revision is known by. */
function imageFacts(before: readonly Unit[], after: readonly Unit[]): readonly NamingFact[] {
  const images = after.filter(isImage)
  const isOnlyOne = images.length === 1
  return images.map(({ content, shown = '', subject }) => {
    const old = before.filter(isImage).find((unit) => unit.subject === subject)
    const isSame = old?.content === content
    const value = isSame ? `${shown} in both revisions` : `${old?.shown ?? 'none'} → ${shown}`
    return { name: isOnlyOne ? 'image' : `image of ${subject}`, value, names: isSame ? 0 : 1 }
  })
}

function isImage({ name, subject }: Unit): boolean {
  return name === 'image' && isContainer(subject)
}

/** One for each container, and for the Pod, its volumes, its labels and annotations. */
function subjectFacts(changes: readonly Change[]): readonly NamingFact[] {
  const subjects = Map.groupBy(
    changes.filter(({ name, subject }) => name !== 'image' || !isContainer(subject)),
    ({ subject }) => subject,
  )
  return [...subjects].map(([name, own]) => ({ name, ...listed(own.map(({ text }) => text)) }))
}

function listed(texts: readonly string[]): { readonly value: string; readonly names: number } {
  const all = texts.join('; ')
  if (all.length <= longestValue) return { value: all, names: texts.length }
  const room = longestValue - `; and ${texts.length} others`.length
  let names = texts.length
  while (names > 0 && texts.slice(0, names).join('; ').length > room) names -= 1
  return { value: `${texts.slice(0, names).join('; ')}; and ${texts.length - names} others`, names }
}
