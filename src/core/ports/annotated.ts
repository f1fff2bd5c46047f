/** Annotations of live objects that say which people have to do with a request. */
import type { ApprovalRequest } from '../../api/objects.ts'

/** `at`: the object, such as `Rollout foo-v2`. `writers`: whose rights are enough to write its annotations, as a clause. */
export type Annotated =
  | {
      readonly kind: 'Read'
      readonly at: string
      readonly writers: string
      readonly annotations: Readonly<Record<string, string>>
    }
  /** `why`: a clause that names the object. */
  | { readonly kind: 'Unreadable'; readonly why: string }

/** The kind of target whose annotations can be read; of other kinds they are `Unreadable`. */
export const annotatedTargetKind = 'Rollout'

/** Reads made for one prompt: no watch, nothing cached. What the API server refuses is a value, what else fails is thrown. */
export interface AnnotatedObjects {
  /** What the request is about. */
  target(request: ApprovalRequest): Promise<Annotated>
  /** The ServiceAccount that asks; undefined where the requester is none. */
  agent(request: ApprovalRequest): Promise<Annotated | undefined>
}
