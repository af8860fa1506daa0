import { askConfig, askInfo } from './ask-info.js'
import { connect, duplicateForBus } from './connect.js'
import { mayListen, permissionsOf, quietChannel } from './permissions.js'
import type { CommandClient } from './redis-client.js'
import type { RedisFacts } from './redis-facts.js'
import type { RedisSettings } from './redis-settings.js'

const PINGS = 20

/** Asks a Redis what matters to a cache. Rejects when it cannot be reached. Leaves nothing behind. */
export async function diagnose(settings: RedisSettings, root: string): Promise<RedisFacts> {
  const { client } = connect(settings, root)
  let said: unknown
  client.on('error', (error) => {
    said = error
  })
  try {
    await client.connect()
    return await factsOf(client, settings, root)
  } catch (error) {
    // ioredis rejects with `Connection is closed`, and tells why before
    throw said ?? error
  } finally {
    client.disconnect()
  }
}

async function factsOf(
  client: CommandClient,
  { connectTimeout }: RedisSettings,
  root: string,
): Promise<RedisFacts> {
  const info = await askInfo(client)
  const isCluster = info.get('redis_mode') === 'cluster'
  const { missing, unwritable } = await permissionsOf(client, root, isCluster)
  const channel = isCluster ? '__redis__:invalidate' : quietChannel(root)
  const refused = await onAnother(client, connectTimeout, root, (bus) => mayListen(bus, channel))
  return {
    product: info.has('valkey_version') ? 'valkey' : 'redis',
    version: info.get('valkey_version') ?? info.get('redis_version'),
    mode: info.get('redis_mode'),
    role: info.get('role'),
    replicas: Number(info.get('connected_slaves') ?? 0),
    policy: info.get('maxmemory_policy'),
    maxMemory: Number(info.get('maxmemory') ?? 0),
    usedMemory: Number(info.get('used_memory') ?? 0),
    latency: await latencyOf(client),
    clock: missing.includes('time') ? undefined : await clockOf(client),
    missing: refused === undefined ? missing : [...missing, `subscribe to ${channel}`],
    unwritable,
    minReplicasToWrite: await askConfig(client, 'min-replicas-to-write'),
    clusterNodeTimeout: isCluster ? await askConfig(client, 'cluster-node-timeout') : undefined,
  }
}

async function onAnother<T>(
  client: CommandClient,
  connectTimeout: number,
  root: string,
  use: (other: CommandClient) => Promise<T>,
): Promise<T> {
  const other = duplicateForBus(client, connectTimeout, root)
  other.on('error', () => {}) // whoever got as far as here is told by the rejection
  try {
    await other.connect()
    return await use(other)
  } finally {
    other.disconnect()
  }
}

async function latencyOf(client: CommandClient): Promise<RedisFacts['latency']> {
  const times: number[] = []
  for (let i = 0; i < PINGS; i++) {
    const start = performance.now()
    await client.ping().catch(() => undefined) // a refusal takes as long
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return { median: times[PINGS / 2] ?? 0, worst: times.at(-1) ?? 0 }
}

async function clockOf(client: CommandClient): Promise<RedisFacts['clock']> {
  const before = Date.now()
  const [seconds = 0, micros = 0] = await client.time()
  const after = Date.now()
  const there = Number(seconds) * 1_000 + Number(micros) / 1_000
  return { low: there - after, high: there - before }
}
