import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type RedisServer, startRedis, until } from './redis-server.js'

const run = promisify(execFile)

/** A real Redis Cluster. */
export interface RedisCluster {
  /** Those it began with, whatever they are now. */
  readonly masters: readonly RedisServer[]
  /** Began as that of the master of the same index. */
  readonly replicas: readonly RedisServer[]
  /** Addresses of the masters it began with. */
  readonly nodes: { host: string; port: number }[]
  /** All that belong to it now. */
  readonly members: readonly RedisServer[]
  /** One more master without slots, known to all. */
  add(): Promise<RedisServer>
  /** A master without slots leaves, and ends. */
  remove(server: RedisServer): Promise<void>
  /** The replica takes the place of its master, which lives on as its replica; nothing is lost. */
  failOver(replica: RedisServer): Promise<void>
  /** Kills a master; resolves when its replica is one. */
  lose(master: RedisServer): Promise<void>
  /** Every member that lives says that all slots are served. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface ClusterLayout {
  readonly masters?: number
  /** One for each master. */
  readonly replicas?: boolean
  /** Milliseconds until a node that does not answer is taken for failed. */
  readonly nodeTimeout?: number
  /** Further arguments of `redis-server`. */
  readonly args?: readonly string[]
}

/** A master that has given its last slot away stays one. */
const STAY = ['--cluster-allow-replica-migration', 'no']

/** Milliseconds for what the nodes of a Cluster agree upon among themselves. */
const AGREEMENT = 30_000

export async function startCluster(layout: ClusterLayout = {}): Promise<RedisCluster> {
  const { masters: count = 3, replicas: isReplicated = false, nodeTimeout = 2_000 } = layout
  const { args: further = [] } = layout
  const args = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    `${nodeTimeout}`,
    ...STAY,
    ...further,
  ]
  const startAll = (number: number): Promise<RedisServer[]> =>
    Promise.all(Array.from({ length: number }, () => startRedis({ args })))

  const masters = await startAll(count)
  const members = new Set(masters)
  const addresses = masters.map(({ port }) => `127.0.0.1:${port}`)
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])

  async function settled(): Promise<void> {
    const isUp = async (server: RedisServer): Promise<boolean> => {
      const [info, nodes] = await Promise.all([
        server.cli('CLUSTER', 'INFO'),
        server.cli('CLUSTER', 'NODES'),
      ])
      return info.includes('cluster_state:ok') && nodes.split('\n').length >= members.size
    }
    await until(async () => (await Promise.all([...members].map(isUp))).every(Boolean), AGREEMENT)
  }

  async function join(server: RedisServer): Promise<void> {
    members.add(server)
    await server.cli('CLUSTER', 'MEET', '127.0.0.1', `${masters[0]?.port}`)
    await settled()
  }

  async function replicate(replica: RedisServer, master: RedisServer): Promise<void> {
    await replica.cli('CLUSTER', 'REPLICATE', await idOf(master))
    await until(
      async () =>
        (await isLinked(replica)) &&
        (await replica.cli('CLUSTER', 'NODES')).includes('myself,slave'),
      AGREEMENT,
    )
  }

  await settled()
  const replicas = isReplicated ? await startAll(count) : []
  for (const replica of replicas) await join(replica)
  await Promise.all(replicas.map((one, i) => replicate(one, masters[i] as RedisServer)))

  return {
    masters,
    replicas,
    nodes: masters.map(({ port }) => ({ host: '127.0.0.1', port })),
    get members() {
      return [...members]
    },
    settled,
    async add() {
      const [server] = (await startAll(1)) as [RedisServer]
      await join(server)
      return server
    },
    async remove(server) {
      const id = await idOf(server)
      members.delete(server)
      await Promise.all([...members].map((other) => other.cli('CLUSTER', 'FORGET', id)))
      await server.close()
    },
    async failOver(replica) {
      let askedAt = Number.NEGATIVE_INFINITY
      await until(async () => {
        if (await isMaster(replica)) return true
        // given up by the replica after five seconds, or refused while it is still filled
        if (performance.now() - askedAt > 6_000 && (await isLinked(replica))) {
          askedAt = performance.now()
          await replica.cli('CLUSTER', 'FAILOVER')
        }
        return false
      }, AGREEMENT)
    },
    async lose(master) {
      const replica = replicas[masters.indexOf(master)] as RedisServer
      members.delete(master)
      await master.kill()
      await until(() => isMaster(replica), AGREEMENT)
    },
    async close() {
      await Promise.all([...masters, ...replicas, ...members].map((server) => server.close()))
    },
  }
}

export async function idOf(server: RedisServer): Promise<string> {
  return await server.cli('CLUSTER', 'MYID')
}

export async function isMaster(server: RedisServer): Promise<boolean> {
  return (await server.cli('CLUSTER', 'NODES')).includes('myself,master')
}

async function isLinked(replica: RedisServer): Promise<boolean> {
  return (await replica.cli('INFO', 'replication')).includes('master_link_status:up')
}
