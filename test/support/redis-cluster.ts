import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type RedisServer, startRedis, until } from './redis-server.js'

const run = promisify(execFile)

/** Masters of a real Redis Cluster, without replicas. */
export interface RedisCluster {
  readonly masters: readonly RedisServer[]
  readonly nodes: { host: string; port: number }[]
  close(): Promise<void>
}

export async function startCluster(count = 3): Promise<RedisCluster> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000']
  const masters = await Promise.all(Array.from({ length: count }, () => startRedis({ args })))
  const addresses = masters.map(({ port }) => `127.0.0.1:${port}`)
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
  const isUp = async (master: RedisServer): Promise<boolean> =>
    (await master.cli('CLUSTER', 'INFO')).includes('cluster_state:ok')
  await until(async () => (await Promise.all(masters.map(isUp))).every(Boolean), 20_000)
  return {
    masters,
    nodes: masters.map(({ port }) => ({ host: '127.0.0.1', port })),
    close: async () => {
      await Promise.all(masters.map((master) => master.close()))
    },
  }
}
