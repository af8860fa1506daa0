import type { Case, Contestant, Sample } from '../case.js'
import type { IdleSetup } from '../members/idle-caches.js'
import { createServerMeter, type ServerMeter, type ServerUse } from '../server-cpu.js'
import { startTeam } from '../team.js'

const PROCESSES = 4

/** Seconds that passed, and what was used in them. */
interface Span extends ServerUse {
  readonly seconds: number
}

const contestant = (caches: number): Contestant => ({
  name: `${caches} caches`,
  start: async ({ port, quick }) => {
    const meter = await createServerMeter(port)
    const ms = quick ? 2_000 : 10_000
    // What the server does by itself, measured before anybody is connected to it.
    const alone = await useOver(meter, ms)
    const setup: IdleSetup = { port, caches: caches / PROCESSES }
    const team = await startTeam<IdleSetup, 'cpu', number>(
      'idle-caches',
      Array.from({ length: PROCESSES }, () => setup),
    )
    const ownCpu = async (): Promise<number> =>
      (await team.ask('cpu')).reduce((sum, cpu) => sum + cpu, 0)
    return {
      round: async () => {
        const before = await ownCpu()
        const span = await useOver(meter, ms)
        const own = (await ownCpu()) - before
        return sampleOf(caches, span, alone, own)
      },
      stop: async () => {
        meter.close()
        team.stop()
      },
    }
  },
})

async function useOver(meter: ServerMeter, ms: number): Promise<Span> {
  const before = await meter.use()
  const start = performance.now()
  await new Promise((resolve) => setTimeout(resolve, ms))
  const after = await meter.use()
  return {
    seconds: (performance.now() - start) / 1_000,
    cpu: after.cpu - before.cpu,
    network: after.network - before.network,
    commands: after.commands - before.commands,
  }
}

/** Per second; the server's own part is taken off before the division by the caches. */
function sampleOf(caches: number, span: Span, alone: Span, ownCpu: number): Sample {
  const percent = ({ cpu, seconds }: { cpu: number; seconds: number }): number =>
    cpu / seconds / 10_000
  const server = percent(span) - percent(alone)
  const network = (span.network / span.seconds - alone.network / alone.seconds) / 1_000
  return {
    alone: percent(alone),
    server: percent(span),
    hundred: (server / caches) * 100,
    network,
    networkHundred: (network / caches) * 100,
    cache: percent({ cpu: ownCpu, seconds: span.seconds }) / caches,
  }
}

export const benchmark: Case = {
  name: 'heartbeat-cost',
  title: 'what idle caches cost Redis, maxStaleness 2 s',
  about:
    'Caches in 4 processes that do nothing but send heartbeats. Processor time in percent of one core; `per 100`: what the caches add, multiplied up to 100 of them (the row of 100 measures that instead); cache = one cache in its own process.',
  columns: [
    { key: 'alone', title: 'server alone %', digits: 3 },
    { key: 'server', title: 'server %', digits: 3 },
    { key: 'hundred', title: 'added per 100 %', digits: 3 },
    { key: 'network', title: 'kB/s', digits: 1 },
    { key: 'networkHundred', title: 'per 100', digits: 1 },
    { key: 'cache', title: 'cache %', digits: 3 },
  ],
  contestants: [20, 100].map(contestant),
  rounds: { full: 3, quick: 1, warmups: 0 },
  redis: 'own',
  sequential: true,
}
