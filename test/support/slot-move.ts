import type { RedisCluster } from './redis-cluster.js'
import { idOf } from './redis-cluster.js'
import { type RedisServer, until } from './redis-server.js'

/** A slot on its way from one master to another: which of the two answers is decided key by key. */
export interface SlotMove {
  readonly slot: number
  readonly from: RedisServer
  readonly to: RedisServer
  /** Moves this share of the keys that are still there. */
  push(share: number): Promise<void>
  /** Moves the rest, and lets all know whose it is now. */
  finish(): Promise<void>
}

/** Keys of one MIGRATE. */
const MOST = 1_000

export async function beginMove(
  { members }: RedisCluster,
  { slot, from, to }: Pick<SlotMove, 'slot' | 'from' | 'to'>,
): Promise<SlotMove> {
  const [source, target] = await Promise.all([idOf(from), idOf(to)])
  await told(to, `${slot}`, 'IMPORTING', source)
  await told(from, `${slot}`, 'MIGRATING', target)

  async function push(share: number): Promise<number> {
    const listed = await from.cli('CLUSTER', 'GETKEYSINSLOT', `${slot}`, `${MOST}`)
    const keys = listed.split('\n').filter((key) => key !== '')
    const moved = keys.slice(0, Math.ceil(keys.length * share))
    if (moved.length > 0) {
      const reply = await from.cli(
        'MIGRATE',
        '127.0.0.1',
        `${to.port}`,
        '',
        '0',
        '5000',
        'KEYS',
        ...moved,
      )
      // NOKEY: somebody has deleted them meanwhile
      if (reply !== 'OK' && reply !== 'NOKEY') throw new Error(`MIGRATE: ${reply}`)
    }
    return keys.length
  }

  return {
    slot,
    from,
    to,
    push: async (share) => {
      await push(share)
    },
    finish: async () => {
      await until(async () => (await push(1)) === 0)
      const others = members.filter((server) => server !== to && server !== from)
      for (const server of [to, from, ...others]) {
        await told(server, `${slot}`, 'NODE', target).catch((error: unknown) => {
          // a replica hears it from its master
          if (!String(error).includes('SETSLOT only with masters')) throw error
        })
      }
    },
  }
}

async function told(server: RedisServer, ...args: readonly string[]): Promise<void> {
  const reply = await server.cli('CLUSTER', 'SETSLOT', ...args)
  if (reply !== 'OK') throw new Error(`CLUSTER SETSLOT ${args.join(' ')}: ${reply}`)
}
