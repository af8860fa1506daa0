import type { Case, Contestant, Sample } from '../case.js'
import type { HttpPeer } from '../http/peer.js'
import { peersNamed } from '../http/peers/all.js'
import { posts } from '../http/posts.js'
import { residentBytes } from '../http/processes.js'
import { Server, type Trial } from '../http/server.js'
import { torment } from '../http/torment.js'

/** Each request is for another URL. */
const distinct: Trial = { paths: ['/posts/##########'], check: () => undefined }
const SLICES = 10

function contestant(peer: HttpPeer): Contestant {
  return {
    name: peer.name,
    start: async ({ quick }) => {
      const server = await Server.start(peer)
      await server.load(posts)
      return {
        round: () => soak(server, quick ? 100_000 : 1_000_000),
        stop: async () => server.stop(),
      }
    },
  }
}

async function soak(server: Server, count: number): Promise<Sample> {
  const load = await server.load({ paths: ['/posts/0'], check: () => undefined })
  const asked = await server.load(distinct)
  const tormentors = torment((await server.use()).port)
  const resident: number[] = []
  const times: number[] = []
  for (let slice = 0; slice < SLICES; slice++) {
    const size = count / SLICES
    const { answered, p99 } = await asked.runCount(64, size, 1_000_000 + slice * size)
    if (answered !== size) throw new Error(`${answered} answers to ${size} requests`)
    times.push(p99)
    resident.push(residentBytes((await server.use()).pids) / 1_024 / 1_024)
  }
  const tormented = tormentors.stop()
  const { made } = await server.use()
  if (made < count) throw new Error(`${made} posts were made for ${count} requests`)
  // what was tormented still answers
  await load.run({ connections: 64, ms: 500 })
  const [early = 0, late = 0] = [resident[SLICES / 2 - 1], resident.at(-1)]
  return { early, late, growth: late / early, p99: Math.max(...times), ...tormented }
}

export const benchmark: Case = {
  name: 'http-soak',
  title: 'a million URLs of a cached route, with clients that misbehave',
  about:
    'Room for 64 MB of responses, 1 kB each, 64 connections, on one core; beside them 20 clients that read nothing of 16 answers of 1 MB for 4 s, 20 that never finish a head (cut off after 2 and 5 s), 200 a second that come for one request. MB: resident after half, after all. p99 (ms): the worst of ten parts.',
  columns: [
    { key: 'early', title: 'MB half', digits: 1 },
    { key: 'late', title: 'MB all', digits: 1 },
    { key: 'growth', title: 'growth', digits: 2 },
    { key: 'p99', title: 'p99', digits: 1 },
    { key: 'readersCut', title: 'readers cut' },
    { key: 'headsCut', title: 'heads cut' },
    { key: 'churned', title: 'came and went' },
  ],
  contestants: peersNamed('strata native, small', 'strata TypeScript, small').map(contestant),
  bars: [
    {
      contestant: 'strata native, small',
      column: 'growth',
      what: 'times the memory that it had after half of the URLs',
      floor: 1.1,
      aim: 1.02,
    },
  ],
  rounds: { full: 1, quick: 1, warmups: 0 },
  sequential: true,
  isOnlyByName: true,
  timeout: 1_800_000,
}
