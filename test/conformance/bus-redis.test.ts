import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis6'
import { afterAll, beforeAll } from 'vitest'
import { type BlackHole, startBlackHole } from '../support/black-hole.js'
import { type RedisCluster, startCluster } from '../support/redis-cluster.js'
import { describeRedis, type RedisServer, startRedis, until } from '../support/redis-server.js'
import { type Access, type BusPlace, type BusTraits, describeBus } from './bus-suite.js'

/** Real time, real sockets: a busy machine must not count as an outage here. */
const patient = { timeout: 10_000, connectTimeout: 20_000 }
const mute = { username: 'mute', password: 'mute' }

const byPublish: BusTraits = { transport: 'publish', refusal: /channel.*NOPERM/ }
const byMarkers: BusTraits = { transport: 'marker', refusal: /tracking was refused.*NOPERM/ }

/** What both places do at each of their servers. */
function placeOf(
  servers: readonly RedisServer[],
  holes: readonly BlackHole[],
  right: string,
  connect: BusPlace['connect'],
): BusPlace {
  const linesOf = async (server: RedisServer, root: string): Promise<string[]> =>
    (await server.cli('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => line.includes(` name=strata:${root}:bus `))
  return {
    connect,
    allow: (may) => grant(servers, right, may),
    async cut(root) {
      let count = 0
      for (const server of servers) {
        for (const line of await linesOf(server, root)) {
          await server.cli('CLIENT', 'KILL', 'ID', /^id=(\d+)/.exec(line)?.[1] ?? '')
          count++
        }
      }
      return count
    },
    async count(root) {
      const lines = await Promise.all(servers.map((server) => linesOf(server, root)))
      return lines.flat().length
    },
    swallow() {
      for (const hole of holes) hole.swallow({ others: false })
    },
    async close() {
      await Promise.all(holes.map((hole) => hole.close()))
    },
  }
}

function given(client: { disconnect(): void }): Access {
  return { redis: { client, ...patient }, close: () => client.disconnect() }
}

/** What the mute user must have to hear. */
async function grant(servers: readonly RedisServer[], right: string, may: boolean): Promise<void> {
  for (const server of servers) {
    await server.cli('ACL', 'SETUSER', 'mute', `${may ? '+' : '-'}${right}`)
  }
}

const nothing = (): void => {}

describeRedis('the bus of one Redis', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
    await server.cli('ACL', 'SETUSER', 'mute', 'on', '>mute', '~*', '&*', '+@all', '-subscribe')
  })
  afterAll(() => server.close())

  describeBus('by publish', byPublish, async () => {
    const hole = await startBlackHole(server.port)
    return placeOf([server], [hole], 'subscribe', async (way) => {
      if (way === 'half') return halfDeaf(new Redis(server.port), hole.port)
      const options = { host: '127.0.0.1', port: server.port, ...(way === 'mute' ? mute : {}) }
      return { redis: { options, ...patient }, close: nothing }
    })
  })

  describeBus('by publish on an instance of ioredis 5', byPublish, async () => {
    const hole = await startBlackHole(server.port)
    return placeOf([server], [hole], 'subscribe', async (way) => {
      if (way === 'half') return halfDeaf(new Redis(server.port), hole.port)
      return given(await ready(new Redis(server.port, way === 'mute' ? mute : {})))
    })
  })

  describeBus('by publish on an instance of ioredis 6', byPublish, async () => {
    const hole = await startBlackHole(server.port)
    return placeOf([server], [hole], 'subscribe', async (way) => {
      if (way === 'half') return halfDeaf(new Redis6(server.port), hole.port)
      return given(await ready(new Redis6(server.port, way === 'mute' ? mute : {})))
    })
  })

  /** What is made of it dials the hole. */
  async function halfDeaf(client: Redis | Redis6, port: number): Promise<Access> {
    const duplicate = client.duplicate.bind(client) as (options: object) => Redis
    client.duplicate = ((options: object) => duplicate({ ...options, port })) as never
    return given(await ready(client))
  }
})

describeRedis('the bus of a Redis Cluster', () => {
  let cluster: RedisCluster

  beforeAll(async () => {
    cluster = await startCluster()
    const rights = ['on', '>mute', '~*', '&*', '+@all', '-client|tracking']
    for (const master of cluster.masters) await master.cli('ACL', 'SETUSER', 'mute', ...rights)
  }, 60_000)
  afterAll(() => cluster.close())

  const startHoles = (): Promise<BlackHole[]> =>
    Promise.all(cluster.masters.map(({ port }) => startBlackHole(port)))

  describeBus('by markers', byMarkers, async () => {
    const holes = await startHoles()
    return placeOf(cluster.masters, holes, 'client|tracking', async (way) => {
      if (way === 'half') return halfDeaf(new Cluster(cluster.nodes), holes)
      const options = way === 'mute' ? { redisOptions: mute } : {}
      return { redis: { cluster: { nodes: cluster.nodes, options }, ...patient }, close: nothing }
    })
  })

  describeBus('by markers on a Cluster of ioredis 5', byMarkers, async () => {
    const holes = await startHoles()
    return placeOf(cluster.masters, holes, 'client|tracking', async (way) => {
      const options = way === 'mute' ? { redisOptions: mute } : {}
      const client = new Cluster(cluster.nodes, options)
      return way === 'half' ? halfDeaf(client, holes) : given(await ready(client))
    })
  })

  describeBus('by markers on a Cluster of ioredis 6', byMarkers, async () => {
    const holes = await startHoles()
    return placeOf(cluster.masters, holes, 'client|tracking', async (way) => {
      const options = way === 'mute' ? { redisOptions: mute } : {}
      const client = new Cluster6(cluster.nodes, options)
      return way === 'half' ? halfDeaf(client, holes) : given(await ready(client))
    })
  })

  /** Its own connections stand; whoever asks it for addresses from now on is sent to the holes. */
  async function halfDeaf(client: Cluster | Cluster6, holes: BlackHole[]): Promise<Access> {
    await ready(client)
    client.options.natMap = Object.fromEntries(
      cluster.masters.map(({ port }, i) => [
        `127.0.0.1:${port}`,
        { host: '127.0.0.1', port: holes[i]?.port ?? 0 },
      ]),
    )
    return given(client)
  }
})

async function ready<C extends { readonly status: string }>(client: C): Promise<C> {
  await until(() => client.status === 'ready', 20_000)
  return client
}
