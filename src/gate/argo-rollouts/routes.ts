/** Where Argo Rollouts asks: whether a Rollout may go on, and afterwards whether it was allowed to. */
import { argoRolloutsGatePath } from '../../api/names.ts'
import type { GateRoute } from '../server.ts'
import { answer } from './answer.ts'
import type { GateSources, Mode } from './answer.ts'
import { gateFrom } from './body.ts'
import { fitted } from './fitted.ts'

/**
 * The two routes of Argo Rollouts' web metrics: one asks, the other verifies afterwards what was decided.
 * @param isReady false while nothing is known: there is no Argo Rollouts, or its objects have not been read
 */
export function argoRolloutsRoutes(sources: GateSources, isReady: () => boolean): readonly GateRoute[] {
  const route = (path: string, mode: Mode): GateRoute => ({
    path,
    answer: async (caller, body) => {
      const gate = gateFrom(body)
      if (typeof gate === 'string') return { reason: 'BadRequest', message: gate }
      if (!isReady()) return { reason: 'NotReady', message: 'the Rollouts of the cluster are not known yet' }
      const verdict = await answer(sources, { caller, gate, mode })
      if (!('decision' in verdict)) return verdict
      return { decision: verdict.decision, body: { gate: fitted(verdict) } }
    },
  })
  return [route(argoRolloutsGatePath, 'Ask'), route(`${argoRolloutsGatePath}/verify`, 'Verify')]
}
