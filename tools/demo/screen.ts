/** What the demo shows. */
import { decodeJwt } from 'jose'
import type { ApprovalRequest } from 'countersign/api'
import type { LogLine } from '../local/processes.ts'

/** One line `✔ what     details`. */
export function done(what: string, details: string): void {
  say(`✔ ${what.padEnd(15)} ${details}`)
}

/** One line `✘ what     details`. */
export function failed(what: string, details: string): void {
  say(`✘ ${what.padEnd(15)} ${details}`)
}

export function say(line: string): void {
  console.log(line)
}

export function sayOutcome({ status }: ApprovalRequest): void {
  const message = status?.conditions?.find(({ type }) => type === 'Complete')?.message ?? ''
  const tell = status?.outcome === 'Approved' ? done : failed
  tell((status?.outcome ?? '').toLowerCase(), message)
}

/** Who is asked, with the address to answer at. */
export function sayAsked({ status }: ApprovalRequest, address: string): void {
  const { approvers = [], stages } = status?.effective ?? {}
  const who =
    stages === undefined ? (status?.approverSummary ?? '') : approvers.map(({ name }) => name).join(' and ')
  say(`… waiting for ${who}   code ${status?.code ?? ''}   ${address}`)
}

/** How many of several have approved. @returns what was said; `before` is not said again */
export function sayProgress({ status }: ApprovalRequest, before: string): string {
  const { stages } = status?.effective ?? {}
  if (stages === undefined) return before
  const needed = stages
    .filter(({ insteadOf }) => insteadOf === undefined)
    .reduce((sum, { required }) => sum + required, 0)
  const approved = (status?.prompts ?? []).filter(({ state }) => state === 'Approved')
  const names = approved.length === 0 ? 'nobody yet' : approved.map(({ approver }) => approver).join(' and ')
  const progress = `${approved.length} of ${needed}: ${names}`
  if (progress !== before) done('approvals', progress)
  return progress
}

/** Why nobody is asked yet. @returns what was said; `before` is not said again */
export function sayWaiting({ status }: ApprovalRequest, before: string): string {
  const complete = status?.conditions?.find(({ type }) => type === 'Complete')
  if (complete === undefined || complete.reason === 'Prompting') return before
  const waiting = `… ${complete.reason}: ${complete.message}`
  if (waiting !== before) say(waiting)
  return waiting
}

/** The claims that the provider signed into the token; the token itself is not shown. */
export function sayToken(secret: string, accessToken: string | undefined): void {
  if (accessToken === undefined) {
    say(`  Secret ${secret} is gone, or belongs to another request`)
    return
  }
  const claims = decodeJwt(accessToken)
  const names = [
    'action',
    'target',
    'environment',
    'namespace',
    'revision',
    'approved_by',
    'acr',
    'amr',
    'scope',
    'aud',
    'exp',
  ]
  say(`  Secret ${secret}, decoded claims:`)
  for (const name of names)
    if (claims[name] !== undefined) say(`    ${name.padEnd(12)} ${show(name, claims[name])}`)
}

export function sayConditions({ status }: ApprovalRequest): void {
  say('  conditions:')
  for (const { type, status: value, reason } of status?.conditions ?? [])
    say(`    ${type}=${value} ${reason}`)
}

export function sayAudit({ sentence }: LogLine): void {
  say(`  audit: ${String(sentence)}`)
}

function show(name: string, value: unknown): string {
  if (name === 'exp' && typeof value === 'number') return new Date(value * 1000).toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
