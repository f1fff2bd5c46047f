/**
 * `make bench`: prints what an approval costs, what waiting costs, how a burst, a flood and attacks are borne, how the gate
 * answers, and how a controller in Go compares, beside the bars. No time fails it, but more calls per approval than are agreed do.
 */
import { benchAdmission } from './admission.ts'
import { benchApprovals } from './approvals.ts'
import { benchAttacks } from './attacks.ts'
import { benchBurst } from './burst.ts'
import { benchCounts } from './counts.ts'
import { benchFlood } from './flood.ts'
import { benchGate } from './gate.ts'
import { benchPeer } from './peer/bench.ts'
import { benchPending } from './pending.ts'
import { machine } from './report.ts'

const benches: Readonly<Record<string, () => Promise<void>>> = {
  approvals: () => benchApprovals('Poll'),
  ping: () => benchApprovals('Ping'),
  pending: benchPending,
  burst: benchBurst,
  peer: benchPeer,
  gate: benchGate,
  counts: benchCounts,
  flood: benchFlood,
  attacks: benchAttacks,
  admission: benchAdmission,
}

// What was started goes with this process.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(130))

const wanted = process.argv[2] ?? Object.keys(benches).join()
for (const name of wanted.split(',')) {
  const bench = benches[name]
  if (bench === undefined) throw new Error(`there is no bench ${name}: ${Object.keys(benches).join(', ')}`)
  console.log(machine())
  await bench()
}
