/** What a table says of each reason that a condition `Ready` may have: what it means, and what to do next. */
export type ReadyReason = {
  readonly ready: 'True' | 'False'
  readonly meaning: string
  readonly next: string
}
