/** The people whom the crash lab's policies name, and what they do in the inbox. */
import { join } from 'node:path'
import type { ClusterWithoutController } from '../../../tools/local/cluster.ts'
import type { DirectoryPerson } from '../../../tools/local/embedded-provider.ts'
import { answerAs } from '../../../tools/local/person.ts'
import { linesOf, logged } from '../../../tools/local/processes.ts'
import type { LogLine } from '../../../tools/local/processes.ts'

/** `alice` and `bob` are the demo's. */
export type Username = 'alice' | 'bob' | 'carol'

export type People = {
  /** Hints of those to whom the provider has shown a prompt about a request of this name, by its own log. */
  shownTo(name: string): readonly string[]
  /** Until the provider has shown this person the newest prompt about the request of this name, by its own log. */
  isShownTo(name: string, username: Username): Promise<void>
  /** Approves what the inbox shows to this person, which waits for the prompt. */
  approveAs(name: string, username: Username): Promise<void>
  denyAs(name: string, username: Username): Promise<void>
}

/** Whom the demo does not have. */
export const more: readonly DirectoryPerson[] = [
  { username: 'carol', email: 'carol@company.com', name: 'Carol', password: 'singer' },
]

type Place = { readonly directory: string; readonly namespace: string }

export function peopleOf(
  { people, inboxUrl }: Pick<ClusterWithoutController, 'people' | 'inboxUrl'>,
  { directory, namespace }: Place,
): People {
  const providerLog = join(directory, 'identity-provider.log')
  const isAbout =
    (name: string) =>
    ({ event, approvalRequest }: LogLine): boolean =>
      event === 'PromptShown' && String(approvalRequest).startsWith(`${namespace}/${name}/`)
  const isShownTo: People['isShownTo'] = async (name, username) => {
    await logged(providerLog, (line) => isAbout(name)(line) && line.loginHint === username)
  }
  const answering =
    (decision: 'approve' | 'deny'): People['approveAs'] =>
    async (name, username) => {
      await isShownTo(name, username)
      const person = people.find((each) => each.username === username)
      if (person === undefined) throw new Error(`nobody is called ${username}`)
      await answerAs({ ...person, inboxUrl, request: { namespace, name }, decision })
    }
  const shownTo: People['shownTo'] = (name) =>
    linesOf(providerLog)
      .filter(isAbout(name))
      .map(({ loginHint }) => String(loginHint))
  return { shownTo, isShownTo, approveAs: answering('approve'), denyAs: answering('deny') }
}
