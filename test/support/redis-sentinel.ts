import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type RedisServer, startRedis, until } from './redis-server.js'

/** A master and its replica, watched by three sentinels that let the replica take over. */
export interface RedisSentinel {
  readonly name: string
  readonly sentinels: readonly { readonly host: string; readonly port: number }[]
  /** The two servers. */
  readonly servers: readonly RedisServer[]
  /** The one the sentinels call the master. */
  master(): Promise<RedisServer>
  /** The other one. */
  replica(): Promise<RedisServer>
  /** Lets the replica take the place of the master, which lives on. */
  failOver(): Promise<void>
  /** Connections to all sentinels, but those between them. */
  connections(): Promise<number>
  close(): Promise<void>
}

const NAME = 'shop'
/** Milliseconds until a master that does not answer is taken for failed. */
const DOWN_AFTER = 1_000
/** Milliseconds for what the sentinels agree upon. */
const AGREEMENT = 40_000

export async function startSentinels(serverArgs: readonly string[] = []): Promise<RedisSentinel> {
  const first = await startRedis({ args: serverArgs })
  const second = await startRedis({
    args: ['--replicaof', '127.0.0.1', `${first.port}`, ...serverArgs],
  })
  const servers = [first, second]
  await until(
    async () => (await second.cli('INFO', 'replication')).includes('master_link_status:up'),
    AGREEMENT,
  )
  const directory = mkdtempSync(join(tmpdir(), 'strata-sentinel-'))
  const watchers = await Promise.all(
    [1, 2, 3].map(async (number) => await startSentinel(directory, number, first.port)),
  )
  const sentinels = watchers.map(({ port }) => ({ host: '127.0.0.1', port }))
  const ask = async (...args: readonly string[]): Promise<string> =>
    (await watchers[0]?.cli('SENTINEL', ...args)) ?? ''

  async function master(): Promise<RedisServer> {
    const [, port] = (await ask('GET-MASTER-ADDR-BY-NAME', NAME)).split('\n')
    const server = servers.find((one) => one.port === Number(port))
    if (server === undefined) throw new Error(`no master at ${port}`)
    return server
  }
  const replica = async (): Promise<RedisServer> => {
    const present = await master()
    return servers.find((one) => one !== present) as RedisServer
  }

  await until(async () => {
    const [others, replicas] = await Promise.all([
      Promise.all(watchers.map((one) => one.cli('SENTINEL', 'CKQUORUM', NAME))),
      ask('REPLICAS', NAME),
    ])
    return others.every((said) => said.startsWith('OK 3')) && replicas.includes(`${second.port}`)
  }, AGREEMENT)

  return {
    name: NAME,
    sentinels,
    servers,
    master,
    replica,
    async failOver() {
      const before = await master()
      await until(async () => (await ask('FAILOVER', NAME)) === 'OK', AGREEMENT)
      await until(async () => (await master()) !== before, AGREEMENT)
    },
    async connections() {
      const lists = await Promise.all(watchers.map((one) => one.cli('CLIENT', 'LIST')))
      return lists.flatMap((list) =>
        list.split('\n').filter((line) => !line.includes('name=sentinel-')),
      ).length
    },
    async close() {
      await Promise.all([...watchers, ...servers].map((server) => server.close()))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function startSentinel(
  directory: string,
  number: number,
  master: number,
): Promise<RedisServer> {
  const file = join(directory, `sentinel-${number}.conf`)
  const port = await freePort()
  writeFileSync(file, `port ${port}\n`)
  const rules = [
    `monitor ${NAME} 127.0.0.1 ${master} 2`,
    `down-after-milliseconds ${NAME} ${DOWN_AFTER}`,
    `failover-timeout ${NAME} 6000`,
    `parallel-syncs ${NAME} 1`,
  ]
  for (const rule of rules) appendFileSync(file, `sentinel ${rule}\n`)
  return await startRedis({ port, config: [file, '--sentinel'] })
}
