import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCache, type Cache } from '../../../src/index.js'
import { describeRedis, startRedis, until, type RedisServer } from '../../support/redis-server.js'
import { codes, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('redis.md')

describeRedis('docs/redis.md', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
    const [, rule = ''] = /^ACL SETUSER (.*)$/m.exec(doc) ?? []
    await server.cli('ACL', 'SETUSER', ...rule.split(' '))
  })

  afterAll(() => server.close())

  it('names all that a user of Redis needs', async () => {
    const url = `redis://shop:secret@127.0.0.1:${server.port}`
    const redis = { url, timeout: '10s', connectTimeout: '15s' } as const
    const cache = createCache({ namespace: 'shop', ttl: '1h', grace: '1h', logger: false, redis })
    const errors: Error[] = []
    cache.on('error', (error) => errors.push(error))
    const child = cache.namespace('eu')
    expect(await cache.ready()).toEqual({ redis: 'ready' })
    for (const space of [cache, child]) {
      await space.get('a', () => 1, { tags: ['t'], ttl: '1m' })
      expect(await space.set('b', 2, { tags: ['t', 'u'], ttl: '1d' })).toBe('applied')
      expect(await space.expire('a')).toBe('applied')
      expect(await space.invalidateTags('t', { soft: true })).toBe('applied')
      expect(await space.invalidateTags('u')).toBe('applied')
      expect(await space.delete('a')).toBe('applied')
      expect(await space.set('{c}', 3)).toBe('applied')
      expect(await space.getMany(['{c}', 'd'], { key: String })).toEqual(new Map([['{c}', 3]]))
    }
    const keys = (await server.cli('KEYS', '*')).trim().split('\n')
    expect(keys).toContain('s1:shop:v')
    expect(keys).toContain('s1:shop:t:{t}')
    expect(keys).toContain('s1:shop.eu:e:{%7Bc%7D}')
    expect(await child.clear()).toBe('applied')
    expect(await cache.clear()).toBe('applied')
    expect(errors).toEqual([])
    await cache.close()
    expect(await server.cli('ACL', 'LOG')).toBe('')
  })

  it('tells what an entry takes, to a fifth', async () => {
    const cache = createCache({ namespace: 'shop', ttl: '1h', logger: false, redis: patient() })
    await cache.ready()
    const rows = rowsUnder(doc, 'Value')
    expect(rows).toHaveLength(5)
    for (const [size = '', ...told] of rows) {
      const bytes = numberOf(size)
      for (const [column, tags] of [0, 1, 5].entries()) {
        const key = `user:${100_000 + column}`
        const names = Array.from({ length: tags }, (_, i) => `team:${i}`)
        expect(await cache.set(key, 'x'.repeat(bytes), { tags: names })).toBe('applied')
        const used = Number(await server.cli('MEMORY', 'USAGE', `s1:shop:e:{${key}}`))
        const share = used / numberOf(told[column] ?? '')
        expect(share, `${bytes} bytes, ${tags} tags: ${used}`).toBeGreaterThan(0.8)
        expect(share, `${bytes} bytes, ${tags} tags: ${used}`).toBeLessThan(1.2)
      }
    }
    for (const [told, key] of [
      [/A tag costs (\d+) bytes/, 's1:shop:t:{team:0}'],
      [/a\s+namespace (\d+)\./, 's1:shop:v'],
    ] as const) {
      const used = Number(await server.cli('MEMORY', 'USAGE', key))
      expect(Math.abs(used / Number(told.exec(doc)?.[1]) - 1)).toBeLessThan(0.2)
    }
    await cache.close()
  })

  it('counts the connections of a cache with children', async () => {
    const cache = createCache({ namespace: 'count', logger: false, redis: patient() })
    await cache.ready()
    await cache.namespace('one').set('a', 1)
    await cache.namespace('two').set('a', 1)
    await until(() => cache.stats().bus.coherent)
    const names = [...(await server.cli('CLIENT', 'LIST')).matchAll(/ name=(strata:count\S*)/g)]
    expect(names.flatMap(([, name = '']) => [name]).toSorted()).toEqual([
      'strata:count',
      'strata:count:bus',
    ])
    await cache.close()
  })

  it('names commands that may be missing', async () => {
    const named = /nothing else of (.*?) is used on one Redis/s.exec(doc)?.[1] ?? ''
    const missing = codes(named)
    expect(missing.length).toBeGreaterThan(4)
    const args = missing.flatMap((command) => ['--rename-command', command, ''])
    const bare = await startRedis({ args })
    const [one, other] = ['a', 'b'].map(() =>
      createCache({ namespace: 'bare', redis: patient(bare), logger: false }),
    ) as [Cache, Cache]
    expect(await one.ready()).toEqual({ redis: 'ready' })
    await until(() => one.stats().bus.coherent && other.stats().bus.coherent)
    await one.get('k', () => 1, { tags: ['t'] })
    expect((await other.read('k')).tier).toBe('redis')
    expect(await other.invalidateTags('t')).toBe('applied')
    await until(() => one.peek('k') === undefined)
    expect(await one.get('k')).toBeUndefined()
    await Promise.all([one.close(), other.close()])
    await bare.close()
  })

  function patient(of: RedisServer = server) {
    return { url: of.url, timeout: '10s', connectTimeout: '15s' } as const
  }

  it('names the patterns of all keys', () => {
    expect(rowsUnder(doc, 'Key').map(([key]) => key)).toEqual([
      '`s1:<namespace>:e:{<key>}`',
      '`s1:<namespace>:v`',
      '`s1:<namespace>:t:{<tag>}`',
    ])
  })
})

function numberOf(cell: string): number {
  return Number(cell.replaceAll(',', ''))
}
