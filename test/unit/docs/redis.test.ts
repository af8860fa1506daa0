import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCache } from '../../../src/index.js'
import { describeRedis, startRedis, type RedisServer } from '../../support/redis-server.js'
import { readDoc, rowsUnder } from './tables.js'

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

  it('names the patterns of all keys', () => {
    expect(rowsUnder(doc, 'Key').map(([key]) => key)).toEqual([
      '`s1:<namespace>:e:{<key>}`',
      '`s1:<namespace>:v`',
      '`s1:<namespace>:t:{<tag>}`',
    ])
  })
})
