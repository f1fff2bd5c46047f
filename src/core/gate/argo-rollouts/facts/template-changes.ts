/** What differs between two Pod templates, in words: by name, and by value only where a value is a name, a number or a quantity. */
import type { Unit } from './template-fields.ts'

/** One difference: of what, by which name there, and how it reads. */
export type Change = { readonly subject: string; readonly name: string; readonly text: string }

/** Every difference, in the order of the template. A container that is gone is one, one that is new is named with all it has. */
export function changesBetween(before: readonly Unit[], after: readonly Unit[]): readonly Change[] {
  const subjects = [...new Set([...after, ...before].map(({ subject }) => subject))]
  const [old, now] = [before, after].map((units) => Map.groupBy(units, ({ subject }) => subject))
  return subjects.flatMap((subject) => changesOf(subject, old?.get(subject) ?? [], now?.get(subject) ?? []))
}

function changesOf(subject: string, before: readonly Unit[], after: readonly Unit[]): readonly Change[] {
  if (isContainer(subject) && after.length === 0) return [{ subject, name: '', text: 'removed' }]
  const isNew = isContainer(subject) && before.length === 0
  const [old, now] = [byKey(before), byKey(isNew ? after.filter(isOwn) : after)]
  const changes = [...new Set([...now.keys(), ...old.keys()])].flatMap((key) => {
    const pair = { before: old.get(key), after: now.get(key) }
    const text = textOf(pair)
    return text === undefined ? [] : [{ subject, name: (pair.after ?? pair.before)?.name ?? '', text }]
  })
  return isNew ? [{ subject, name: '', text: 'added' }, ...changes] : changes
}

/** What the API server gives to every container says nothing of a new one. */
function isOwn({ name, content }: Unit): boolean {
  return name !== 'name' && defaults[name]?.includes(content) !== true
}

const defaults: Readonly<Record<string, readonly string[]>> = {
  terminationMessagePath: ['"/dev/termination-log"'],
  terminationMessagePolicy: ['"File"'],
  imagePullPolicy: ['"Always"', '"IfNotPresent"'],
}

/** A subject that is as a whole in a template, or is not. */
export function isContainer(subject: string): boolean {
  return /^(?:init )?container /.test(subject)
}

type Pair = { readonly before: Unit | undefined; readonly after: Unit | undefined }

function textOf({ before, after }: Pair): string | undefined {
  if (before?.content === after?.content) return undefined
  if (before?.isOrder === true || after?.isOrder === true)
    return isOtherOrder(before, after) ? `${after?.name ?? ''} changed` : undefined
  if (before === undefined) return `${after?.name ?? ''} added${inBrackets(after?.shown)}`
  if (after === undefined) return `${before.name} removed`
  if (before.shown === after.shown) return `${after.name} changed`
  return `${after.name} ${before.shown ?? 'another value'} → ${after.shown ?? 'another value'}`
}

/** Items that were added or removed are named already. */
function isOtherOrder(before: Unit | undefined, after: Unit | undefined): boolean {
  if (before === undefined || after === undefined) return false
  const [old, now] = [before, after].map(({ content }) => (JSON.parse(content) as string[]).toSorted().join())
  return old === now
}

function inBrackets(shown: string | undefined): string {
  return shown === undefined ? '' : ` (${shown})`
}

function byKey(units: readonly Unit[]): ReadonlyMap<string, Unit> {
  return new Map(units.map((unit) => [unit.key ?? unit.name, unit]))
}
