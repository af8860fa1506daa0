import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ACQUIRE } from '../../../src/redis/lease-scripts.js'
import { WRITE } from '../../../src/redis/entry-scripts.js'
import { CLEAR, SOFTEN, STAMP } from '../../../src/redis/version-scripts.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

/** A client of the caller's own sends anew what was under way when its connection was cut, though it may have been done. */
describeRedis('a script that is carried out twice', () => {
  let server: RedisServer
  let redis: Redis

  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.port)
  })
  afterAll(async () => {
    redis.disconnect()
    await server.close()
  })

  const id = 'abcdefghijkl'
  const far = String(Date.now() + 60_000)
  const make = ['s1:n:e:{k}', 's1:n:v', 's1:n:t:{t}']
  const joined = ['s1:n:v', 's1:n:t:{t}', 's1:n:e:{k}']
  const lifetimes = ['60000', '70000', '60000', '70000']
  const asked = [id, '2000', '', 'force', '', '0', '1 2']
  const scripts: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ['stamp', STAMP.lua, ['s1:n:v', 's1:n:t:{t}'], [id, '60000', '70000', 'run', '1']],
    ['acquire', ACQUIRE.lua, joined, [far, 'run', '2', ...lifetimes, ...asked]],
    ['write', WRITE.lua, make, ['record', '60000', far, id, '70000', 'run', '', '', '-', '-']],
  ]

  it.each(scripts)('makes other versions the second time: %s', async (_, lua, keys, args) => {
    const seen = new Set<string>()
    for (let time = 0; time < 3; time++) {
      await redis.flushall()
      await redis.eval(lua, keys.length, ...keys, ...args)
      for (const key of ['s1:n:v', 's1:n:t:{t}'])
        seen.add(String(await redis.get(key)).slice(0, 12))
    }
    expect(seen.size).toBeGreaterThanOrEqual(3)
  })

  it('ends what was built under the version that it made: clear', async () => {
    await redis.set('s1:n:v', 'aaaaaaaaaaaa.aaaaaaaaaaaa.0.run', 'PX', 60_000)
    const clear = async (seed: string): Promise<string | null> => {
      await redis.eval(CLEAR.lua, 1, 's1:n:v', seed, '', '')
      return await redis.get('s1:n:v')
    }
    const first = await clear(id)
    await clear('mnopqrstuvwx')
    expect(await clear(id)).not.toBe(first)
    expect(first).toMatch(/^[\w-]{12}\.[\w-]{12}\.0\.run$/)
  })

  it('makes stale what was built under the version that it made: soften', async () => {
    const tag = 's1:n:t:{t}'
    await redis.set(tag, 'aaaaaaaaaaaa.aaaaaaaaaaaa.0', 'PX', 60_000)
    const soften = async (seed: string): Promise<string | null> => {
      await redis.eval(SOFTEN.lua, 1, tag, seed, '1', '', '')
      return await redis.get(tag)
    }
    const first = await soften(id)
    await soften('mnopqrstuvwx')
    expect(await soften(id)).not.toBe(first)
    expect(first).toMatch(/^aaaaaaaaaaaa\.[\w-]{12}\.0$/)
  })
})
