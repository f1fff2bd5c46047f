/** Steps that tests of crashes share: a controller is brought to a failpoint, and ended there. */
import assert from 'node:assert/strict'
import type { FailpointName } from '../../../src/core/ports/surroundings.ts'
import type { Arguments, CrashLab, Method } from './crash-lab.ts'
import type { Replica } from './replica.ts'

/** The six failpoints of asking and the six of answering, in their order. */
export const asking = ['before:W1', 'after:W1', 'before:I1', 'after:I1', 'before:W2', 'after:W2'] as const
export const answering = ['before:I2', 'after:I2', 'before:W3', 'after:W3', 'before:W4', 'after:W4'] as const

type Question = { readonly name: string; readonly method: Method; readonly arguments?: Arguments }

/** Starts a controller that holds at the failpoint, where the question, answered if it must be for that, brings it. */
export async function heldAt(failpoint: FailpointName, question: Question, lab: CrashLab): Promise<Replica> {
  const controller = await armedWith(`${failpoint}=hold`, question, lab)
  await controller.reaches(failpoint)
  return controller
}

/** Starts a controller with this one failpoint. Where it takes an answer to get there, the first token request gets one. */
export async function armedWith(failpoint: string, question: Question, lab: CrashLab): Promise<Replica> {
  const { name, method } = question
  const isReachedByAnswer = answering.some((known) => failpoint.startsWith(known))
  const controller = await lab.startController(isReachedByAnswer ? `after:W2=hold;${failpoint}` : failpoint)
  await lab.ask(name, method, question.arguments)
  if (isReachedByAnswer) {
    await lab.approve(name)
    controller.release()
  }
  return controller
}

/** Ends a controller that holds, as a rolling update would: what it has begun it finishes. */
export async function terminate(controller: Replica): Promise<void> {
  controller.signal('SIGTERM')
  await controller.says('stopping')
  controller.release()
  assert.equal(await controller.ends(), 0)
}

/** A name for a request, made of words that say what happens to it. */
export function nameOf(...words: readonly string[]): string {
  return words
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
}
