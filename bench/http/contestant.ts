import type { Contestant, Sample } from '../case.js'
import type { LoadResult, LoadShape } from './load.js'
import type { HttpPeer } from './peer.js'
import { Server, type Cores, type Trial } from './server.js'

export interface HttpTrial extends Trial {
  /** No post may be made while it is measured. */
  readonly isCached: boolean
  /** One after another in each round. What a column is called begins with the name: `busy.cpu`. */
  readonly loads: Readonly<Record<string, LoadShape>>
  readonly cores?: Cores
  readonly isBlocked?: boolean
}

/** Milliseconds of being asked before the first round. */
const WARM_UP = { full: 3_000, quick: 1_000 }

/** A server in a process of its own; the contestant's process starts the load. */
export function httpContestant(peer: HttpPeer, trial: HttpTrial): Contestant {
  return {
    name: peer.name,
    start: async ({ quick }) => {
      const server = await Server.start(peer, trial.cores)
      const load = await server.load(trial)
      await load.run({ connections: 64, ms: quick ? WARM_UP.quick : WARM_UP.full })
      if (trial.isBlocked === true) await server.block()
      const round = async (): Promise<Sample> => {
        const { made } = await server.use()
        const samples: [string, number][] = []
        for (const [name, shape] of Object.entries(trial.loads)) {
          const result = await load.run(quick ? shortened(shape) : shape)
          samples.push(...sampleOf(name, result))
        }
        if (trial.isCached && (await server.use()).made > made) {
          throw new Error('what is cached was made anew')
        }
        return Object.fromEntries(samples)
      }
      return { round, stop: async () => server.stop() }
    },
  }
}

function shortened(shape: LoadShape): LoadShape {
  return { ...shape, ms: Math.max(200, shape.ms / 3) }
}

function sampleOf(load: string, result: LoadResult): [string, number][] {
  const { answered, ms, cpu, js, own, p50, p99, max } = result
  const values = {
    cpu: cpu / answered,
    js: js / answered,
    rate: (answered / ms) * 1_000,
    p50,
    p99,
    max,
    // of a core, in percent: near 100 the load is what is measured
    load: own / ms / 10,
  }
  return Object.entries(values).map(([key, value]) => [`${load}.${key}`, value])
}
