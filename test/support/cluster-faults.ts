import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, FaultContext } from '../../src/checker/index.js'
import { isMaster, type RedisCluster } from './redis-cluster.js'
import { type RedisServer, until } from './redis-server.js'
import { beginMove } from './slot-move.js'

/** Moves the slot of some key that is in use, and holds it half-way. */
export function movesOf(cluster: RedisCluster, hold: number): Fault {
  return {
    every: 300,
    do: async (context) => {
      const from = await pickMaster(cluster, context)
      const keys = await keysOf(from)
      const key = pick(keys, context)
      if (key === undefined) return
      const others = (await mastersOf(cluster)).filter((server) => server !== from)
      await moveKey(cluster, { key, from, to: pick(others, context) as RedisServer, hold }, context)
    },
  }
}

export interface KeyMove {
  readonly key: string
  readonly from: RedisServer
  readonly to: RedisServer
  /** Milliseconds. */
  readonly hold: number
}

export async function moveKey(
  cluster: RedisCluster,
  { key, from, to, hold }: KeyMove,
  { random, sleep }: Pick<FaultContext, 'random' | 'sleep'>,
): Promise<void> {
  const slot = Number(await from.cli('CLUSTER', 'KEYSLOT', key))
  const move = await beginMove(cluster, { slot, from, to })
  await sleep(hold * random())
  await move.push(random())
  await sleep(hold * random())
  await move.finish()
}

/** Cuts the connections of one kind at one node. */
export function killsOf(cluster: RedisCluster, kinds: readonly string[]): Fault {
  return {
    every: 400,
    do: async (context) => {
      const server = pick(cluster.members, context)
      await server?.cli('CLIENT', 'KILL', 'TYPE', pick(kinds, context) ?? 'normal')
    },
  }
}

/** Stops a master for some time up to `longest`. */
export function stopsOf(cluster: RedisCluster, longest: number): Fault {
  return {
    every: 3_000,
    do: async (context) => {
      const server = pick(cluster.masters, context)
      server?.stop()
      await sleep(context.random() * longest)
      server?.cont()
    },
  }
}

/** Lets the replica of a master take its place, without loss. */
export function failoversOf(cluster: RedisCluster): Fault {
  return {
    every: 1_500,
    do: async (context) => {
      const i = Math.floor(context.random() * cluster.masters.length)
      const pair = [cluster.masters[i], cluster.replicas[i]] as [RedisServer, RedisServer]
      await cluster.failOver((await isMaster(pair[0])) ? pair[1] : pair[0])
    },
  }
}

async function mastersOf(cluster: RedisCluster): Promise<readonly RedisServer[]> {
  const are = await Promise.all(cluster.members.map(isMaster))
  return cluster.members.filter((_, i) => are[i])
}

/** The master that a key belongs to. */
export async function ownerOf(cluster: RedisCluster, key: string): Promise<RedisServer> {
  for (const server of await mastersOf(cluster)) {
    const reply = await server.cli('GET', key)
    if (!reply.startsWith('MOVED')) return server
  }
  throw new Error(`nobody owns ${key}`)
}

/** Some key of this form, as soon as there is one, and the master that has it. */
export async function heldBy(cluster: RedisCluster, form: RegExp): Promise<[string, RedisServer]> {
  let found: [string, RedisServer] | undefined
  await until(async () => {
    for (const server of await mastersOf(cluster)) {
      const key = (await keysOf(server)).find((name) => form.test(name))
      if (key !== undefined) found = [key, server]
    }
    return found !== undefined
  })
  return found as [string, RedisServer]
}

async function pickMaster(cluster: RedisCluster, context: FaultContext): Promise<RedisServer> {
  return pick(await mastersOf(cluster), context) as RedisServer
}

async function keysOf(server: RedisServer): Promise<readonly string[]> {
  return (await server.cli('KEYS', 's1:*')).split('\n').filter((key) => key !== '')
}

function pick<T>(list: readonly T[], { random }: Pick<FaultContext, 'random'>): T | undefined {
  return list[Math.floor(random() * list.length)]
}
