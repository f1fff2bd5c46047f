/** Who decides a request together, in words: on its page, in the list, and after an answer. */
import { html } from 'hono/html'
import { durationOf } from '../../core/duration.ts'
import { capitalized, inWords } from '../../core/words.ts'
import type { Decider, Deciders, DecidingStage } from '../prompts/deciders.ts'
import { timeOfDay } from './moments.ts'
import type { Html } from './pages.ts'
import { sanitized } from './sanitized.ts'

/** The section of a page: who is asked, how many must approve and, where this person may see it, who has answered. */
export function decidersSection(deciders: Deciders): Html {
  const { stages, showsAnswers } = deciders
  const needed = stillNeeded(deciders)
  return html`<section>
    <h2>Who decides</h2>
    <p>${sanitized(ruleOf(stages))}</p>
    ${stages.map(
      (stage) =>
        html`${stages.length > 1 && stageTitle(stage)}
          <dl>${stage.deciders.map((decider) => row(decider, showsAnswers))}</dl>`,
    )}
    ${
      showsAnswers
        ? needed !== undefined && html`<p><strong>${sanitized(needed)}</strong></p>`
        : html`<p class="hint">You see what the others answer after your own answer.</p>`
    }
  </section>`
}

function ruleOf(stages: readonly DecidingStage[]): string {
  const [only, ...others] = stages
  const end = 'One denial ends the request.'
  if (only !== undefined && others.length === 0)
    return `${capitalized(needOf(only))}${exceptFor([only])}. ${end}`
  const isOneNeeded = stages.filter(({ insteadOf }) => insteadOf === undefined).length === 1
  return isOneNeeded ? end : `Each stage must be satisfied. A person counts once. ${end}`
}

/** `; carol@company.com could not be asked`, and will not be: the number that must approve is the same without this person. */
function exceptFor(stages: readonly DecidingStage[]): string {
  const names = stages
    .flatMap(({ deciders }) => deciders)
    .filter(({ standing }) => standing === 'CouldNotBeAsked')
    .map(({ name }) => name)
  return names.length === 0 ? '' : `; ${inWords([...new Set(names)])} could not be asked`
}

/** `Together with bob@company.com: both must approve`, for a line of the list. */
export function togetherInWords(deciders: Deciders): string {
  const { stages } = deciders
  const people = stages.flatMap((stage) => stage.deciders)
  const able = people.filter(({ isReader, standing }) => !isReader && standing !== 'CouldNotBeAsked')
  const others = [...new Set(able.map(({ name }) => name))]
  const needs = `${needsInWords(stages)}${exceptFor(stages)}.`
  const together = others.length === 0 ? capitalized(needs) : `Together with ${inWords(others)}: ${needs}`
  const needed = stillNeeded(deciders)
  return needed === undefined ? together : `${together} ${needed}`
}

/** `Still needed: 1 of bob@company.com, carol@company.com.`; undefined if nothing is missing, or may not be seen. */
export function stillNeeded({ stages, missing }: Deciders): string | undefined {
  if (missing.length === 0) return undefined
  const isOneStage = stages.filter(({ insteadOf }) => insteadOf === undefined).length === 1
  const each = missing.map(({ stage, count, from }) => {
    const who = from.length === count ? inWords(from, 'and', { most: 16 }) : `${count} of ${from.join(', ')}`
    return `${from.length < count ? `${count} more` : who}${isOneStage ? '' : ` for ${stage}`}`
  })
  return `Still needed: ${each.join('; ')}.`
}

function needsInWords(stages: readonly DecidingStage[]): string {
  const own = stages.filter(({ insteadOf }) => insteadOf === undefined)
  const [only] = own
  if (own.length === 1 && only !== undefined) return needOf(only)
  return `${inWords(
    own.map(({ name, required, deciders }) => `${required} of ${deciders.length} for ${name}`),
    'and',
    { most: 4 },
  )} must approve`
}

function needOf({ required, deciders }: DecidingStage): string {
  const all = deciders.length
  if (required < all) return `${required === 1 ? 'one' : required} of ${all} people must approve`
  if (all === 1) return 'one person must approve'
  return all === 2 ? 'both must approve' : `all ${all} people must approve`
}

function stageTitle(stage: DecidingStage): Html {
  const { name, insteadOf, afterSeconds = 0, opensAt } = stage
  const from = opensAt === undefined ? '' : `, from ${timeOfDay(opensAt)} on,`
  const terms =
    insteadOf === undefined
      ? needOf(stage)
      : `asked ${durationOf(afterSeconds)} after the first prompt${from} if ${insteadOf} still lacks an approval; counts for ${insteadOf}`
  return html`<h3><bdi>${sanitized(name)}</bdi>: ${sanitized(`${terms}${exceptFor([stage])}`)}</h3>`
}

function row({ name, isReader, standing, at }: Decider, showsAnswers: boolean): Html {
  const when = at === undefined ? '' : ` at ${timeOfDay(at)}`
  return html`<dt><bdi>${sanitized(name)}</bdi>${isReader && ' (you)'}</dt>
    <dd>${standing === 'Asked' && !showsAnswers ? 'asked' : words[standing]}${when}</dd>`
}

const words = {
  NotAsked: 'not asked yet',
  NotReached: 'could not be asked yet',
  Asking: 'being asked',
  Asked: 'asked, no answer yet',
  PerhapsAsked: 'may have been asked',
  CouldNotBeAsked: 'could not be asked',
  Approved: 'approved',
  Denied: 'denied',
  Expired: 'did not answer in time',
  Failed: 'cannot answer any more',
  NotNeeded: 'was not needed',
} as const satisfies Record<Decider['standing'], string>
