import type { Case, Contestant } from '../case.js'
import type { ColdAnswer, ColdQuestion, ColdSetup } from '../members/cold-callers.js'
import { monotonic } from '../monotonic.js'
import { mainPeers } from '../peers/all.js'
import { widestTiers, type Peer } from '../peers/peer.js'
import { postKey } from '../post.js'
import { startTeam } from '../team.js'

const PROCESSES = 4
const CALLERS = 1_000
const LOAD_MS = 200

const contestant = (peer: Peer): Contestant => ({
  name: `${peer.name} (${widestTiers(peer)})`,
  start: async ({ port }) => {
    const setup: ColdSetup = { peer: peer.name, port, loadMs: LOAD_MS }
    const team = await startTeam<ColdSetup, ColdQuestion, ColdAnswer>(
      'cold-callers',
      Array.from({ length: PROCESSES }, () => setup),
    )
    let next = 0
    return {
      round: async () => {
        const answers = await team.ask({
          key: postKey(next++),
          callers: CALLERS,
          at: monotonic() + 50,
        })
        const loads = answers.reduce((sum, answer) => sum + answer.loads, 0)
        return { loads, ms: Math.max(...answers.map(({ ms }) => ms)) }
      },
      stop: async () => team.stop(),
    }
  },
})

export const benchmark: Case = {
  name: 'cold-key-processes',
  title: `${PROCESSES} processes with ${CALLERS.toLocaleString('en-US')} callers each of a key that is not there`,
  about: `All at the same moment, one Redis; the loader takes ${LOAD_MS} ms. loads: how often it ran in all processes; ms: until the last caller has its value. In brackets the tiers.`,
  columns: [
    { key: 'loads', title: 'loads' },
    { key: 'ms', title: 'ms', digits: 1 },
  ],
  contestants: mainPeers.map(contestant),
  rounds: { full: 15, quick: 3, warmups: 2 },
  redis: 'own',
  sequential: true,
}
