import type { Contestant, Sample } from '../case.js'
import { quantile } from '../measure.js'
import type { ServerUse } from '../members/http-server.js'
import { startTeam, type Team } from '../team.js'
import type { Answer } from './answer-reader.js'
import { Load } from './load.js'
import type { HttpPeer } from './peer.js'

export interface HttpTrial {
  readonly paths: readonly string[]
  /** Throws when an answer is not what is asked for. */
  readonly check: (answer: Answer, path: string) => void
  /** No post may be made while it is measured. */
  readonly isCached: boolean
}

type Server = Team<'use', ServerUse>

/** A server in a process of its own; the contestant's process makes the load. */
export function httpContestant({ name }: HttpPeer, trial: HttpTrial): Contestant {
  return {
    name,
    start: async ({ quick }) => {
      const server: Server = await startTeam('http-server', [{ peer: name }])
      const { port } = await useOf(server)
      await prepare(port, trial)
      await measure(server, trial, quick ? 1_000 : 3_000)
      return {
        round: () => measure(server, trial, quick ? 200 : 700),
        stop: async () => server.stop(),
      }
    },
  }
}

/** Every answer is looked at, the first, which may fill a cache, and the second. */
async function prepare(port: number, { paths, check }: HttpTrial): Promise<void> {
  const load = await Load.open(port, paths)
  for (const answers of [await load.askEach(), await load.askEach()]) {
    for (const [index, answer] of answers.entries()) check(answer, paths[index] as string)
  }
  load.close()
}

/** Connections are new each time: a server closes those that wait for the others' turns. */
async function measure(server: Server, trial: HttpTrial, ms: number): Promise<Sample> {
  const { port } = await useOf(server)
  const load = await Load.open(port, trial.paths)
  try {
    await load.run(20)
    const before = await useOf(server)
    const start = performance.now()
    const latencies = await load.run(ms)
    const took = performance.now() - start
    const after = await useOf(server)
    if (trial.isCached && after.made > before.made) throw new Error('what is cached was made anew')
    return {
      cpu: (after.cpu - before.cpu) / latencies.length,
      rate: (latencies.length / took) * 1_000,
      ...latenciesOf(latencies),
    }
  } finally {
    load.close()
  }
}

function latenciesOf(latencies: Float64Array): Sample {
  const all = [...latencies]
  return { p50: quantile(all, 0.5), p99: quantile(all, 0.99) }
}

async function useOf(server: Server): Promise<ServerUse> {
  const [use] = await server.ask('use')
  return use as ServerUse
}
