/** How often a person was prompted, by the provider's own count. */
import type { CompanyProvider } from './company.ts'

/** @param hint the `login_hint` of the person */
export function promptsTo({ visits }: Pick<CompanyProvider, 'visits'>, hint: string): number {
  return visits('/backchannel').filter(({ form }) => form.get('login_hint') === hint).length
}
