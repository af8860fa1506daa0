import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startRedis } from './redis-server.js'

const run = promisify(execFile)

export interface RedisCluster {
  readonly ports: readonly number[]
  stop(): void
}

/** Three masters of a Redis Cluster, without replicas. */
export async function startCluster(): Promise<RedisCluster> {
  const args = ['--cluster-enabled', 'yes']
  const masters = await Promise.all(Array.from({ length: 3 }, () => startRedis(args)))
  const ports = masters.map(({ port }) => port)
  const addresses = ports.map((port) => `127.0.0.1:${port}`)
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
  for (const port of ports) await untilUp(port)
  const stop = (): void => {
    for (const master of masters) master.stop()
  }
  return { ports, stop }
}

async function untilUp(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { stdout } = await run('redis-cli', ['-p', `${port}`, 'CLUSTER', 'INFO'])
    if (stdout.includes('cluster_state:ok')) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the cluster of port ${port} did not come up`)
}
