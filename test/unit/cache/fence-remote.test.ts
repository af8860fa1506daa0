import { describe, expect, test } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { settle } from '../../support/manual-clock.js'
import { deferred, openBeside, openBoth, slowLoader, stateOf } from './harness.js'

const tags = ['t']

const hard: [string, (cache: Cache) => Promise<unknown>][] = [
  ['delete', (cache) => cache.delete('k')],
  ['deleteMany', (cache) => cache.deleteMany(['k', 'other'])],
  ['invalidateTags', (cache) => cache.invalidateTags('t')],
  ['clear', (cache) => cache.clear()],
]

const soft: [string, (cache: Cache) => Promise<unknown>][] = [
  ['expire', (cache) => cache.expire('k')],
  ['soft invalidateTags', (cache) => cache.invalidateTags('t', { soft: true })],
]

/** Another process put a value into the second tier. */
async function openStored(options: Parameters<typeof openBoth>[0] = {}) {
  const both = openBoth({ grace: '1h', ...options })
  await openBeside(both, { grace: '1h', ...options }).cache.set('k', 'old', { tags })
  return both
}

describe('an invalidation during a read of the second tier', () => {
  test.each([...hard, ...soft])('%s: what was read is not promoted', async (_, invalidate) => {
    const { cache, remote } = await openStored()
    const release = remote.holdReply('read')
    const reading = cache.get('k')
    await settle()
    await invalidate(cache)
    release()
    expect(await reading).toBe('old')
    expect(cache.peek('k')).toBeUndefined()
    expect(await cache.get('k')).toBeUndefined()
  })

  test('a set: what was read does not take the place of the value', async () => {
    const { cache, remote } = await openStored()
    const release = remote.holdReply('read')
    const reading = cache.get('k')
    await settle()
    await cache.set('k', 'new')
    release()
    expect(await reading).toBe('old')
    expect(await cache.get('k')).toBe('new')
  })

  test('a set that has begun when the read begins: the same', async () => {
    const { cache, remote } = await openStored()
    const releaseStamps = remote.holdReply('stampsOf')
    const set = cache.set('k', 'new')
    await settle()
    const releaseRead = remote.holdReply('read')
    const reading = cache.get('k')
    await settle()
    releaseStamps()
    expect(await set).toBe('applied')
    releaseRead()
    expect(await reading).toBe('old')
    expect(await cache.get('k')).toBe('new')
  })

  test('a check of the shape that takes long is part of the read', async () => {
    const both = await openStored()
    await openBeside(both).cache.set('user:1', 'old')
    const checked = deferred()
    const user = both.cache.define<number, string>('user', {
      key: (id) => id,
      load: () => 'new',
      schema: { '~standard': { version: 1, validate: () => checked.promise.then(() => ({})) } },
    })
    const reading = user(1)
    await settle()
    await user.delete(1)
    checked.resolve(undefined)
    expect(await reading).toBe('old')
    expect(await user(1)).toBe('new')
  })

  test('of something else leaves it alone', async () => {
    const { cache, remote } = await openStored()
    const release = remote.holdReply('read')
    const reading = cache.get('k')
    await settle()
    await cache.delete('other')
    await cache.invalidateTags('other')
    release()
    expect(await reading).toBe('old')
    expect(cache.peek('k')).toBe('old')
  })

  test('an older value that was read does not take the place of one loaded by force meanwhile', async () => {
    const { cache, remote } = await openStored()
    const load = slowLoader<string>()
    const forced = cache.get('k', load, { force: true })
    await settle()
    const release = remote.holdReply('read')
    const reading = cache.get('k')
    await settle()
    load.runs[0]!.resolve('forced')
    expect(await forced).toBe('forced')
    release()
    await reading
    expect(await cache.get('k')).toBe('forced')
  })
})

describe('an invalidation between the read of a stale value and the load', () => {
  test('what the loader leaves unmodified is not stored', async () => {
    const { cache, clock, remote } = openBoth({ ttl: '1m', grace: '1h' })
    await cache.setMany([
      { key: 'a', value: 'old a' },
      { key: 'b', value: 'old b' },
    ])
    clock.advance(61_000)
    await cache.getMany(['a', 'b'], { key: (id) => id }) // both are stale, in both tiers
    remote.holdReply('read')() // the read of a is quick
    const release = remote.holdReply('read') // that of b is not
    const reading = cache.getMany(['a', 'b'], {
      key: (id) => id,
      load: (ids, ctx) =>
        ids.map((id) => {
          if (ctx.for(id).stale() !== undefined) ctx.for(id).notModified()
          return `new ${id}`
        }),
    })
    await settle()
    await cache.delete('a')
    release()
    await reading
    await settle()
    expect(await cache.get('a')).toBeUndefined()
  })
})

describe('an invalidation during a load', () => {
  test.each([...hard, ...soft])(
    '%s: what it brings is stored in no tier',
    async (_, invalidate) => {
      const both = openBoth({ grace: '1h' })
      const { cache } = both
      const load = slowLoader<string>()
      const owner = cache.read('k', load, { tags })
      await settle()
      await invalidate(cache)
      load.runs[0]!.resolve('old')
      expect(await owner).toMatchObject({ value: 'old', revoked: true })
      expect(await cache.get('k')).toBeUndefined()
      expect(await openBeside(both).cache.get('k')).toBeUndefined()
    },
  )

  test.each([...hard, ...soft])(
    '%s, while the lease is asked for: the same',
    async (_, invalidate) => {
      const both = openBoth({ grace: '1h' })
      const release = both.remote.holdReply('stampsOf')
      const owner = both.cache.read('k', () => 'old', { tags })
      await settle()
      await invalidate(both.cache)
      release()
      expect(await owner).toMatchObject({ value: 'old', revoked: true })
      expect(await both.cache.get('k')).toBeUndefined()
      expect(await openBeside(both).cache.get('k')).toBeUndefined()
    },
  )

  test.each(hard.slice(2))(
    '%s by another process: what it brings is unusable in the second tier',
    async (_, invalidate) => {
      const both = openBoth({ grace: '1h', memory: false })
      const load = slowLoader<string>()
      const owner = both.cache.get('k', load, { tags })
      await settle()
      await invalidate(openBeside(both).cache)
      load.runs[0]!.resolve('old')
      await owner
      expect(await both.cache.get('k')).toBeUndefined()
    },
  )
})

describe('an invalidation while a loaded value is written', () => {
  test.each([...hard, ...soft])(
    '%s, the reply on its way: it is fresh in no tier',
    async (_, invalidate) => {
      const both = openBoth({ grace: '1h' })
      const release = both.remote.holdReply('write')
      const owner = both.cache.get('k', () => 'old', { tags })
      await settle()
      await invalidate(both.cache)
      release()
      expect(await owner).toBe('old')
      expect(both.cache.peek('k')).toBeUndefined()
      expect(await both.cache.get('k')).toBeUndefined()
      expect(await openBeside(both).cache.get('k')).toBeUndefined()
    },
  )

  test.each([...hard, ...soft])(
    '%s, before it is sent, while late tags are looked up: it is fresh in no tier',
    async (_, invalidate) => {
      const both = openBoth({ grace: '1h' })
      const owner = both.cache.get(
        'k',
        (ctx) => {
          ctx.tag('late')
          return 'old'
        },
        { tags },
      )
      both.remote.holdReply('stampsOf')() // of the lease
      const release = both.remote.holdReply('stampsOf') // of the late tag
      await settle()
      expect(both.remote.calls.write).toBe(0)
      await invalidate(both.cache)
      release()
      expect(await owner).toBe('old')
      expect(await both.cache.get('k')).toBeUndefined()
      expect(await openBeside(both).cache.get('k')).toBeUndefined()
    },
  )

  test.each([...hard, ...soft])(
    '%s, before it is sent, while it is compressed: it is fresh in no tier',
    async (_, invalidate) => {
      const compression = { minBytes: 1, quality: 4 } as const
      const both = openBoth({ grace: '1h', codec: { compression } })
      const loaded = deferred<string>()
      const owner = both.cache.get('k', () => loaded.promise, { tags })
      await settle()
      loaded.resolve('old '.repeat(50_000))
      for (let turn = 0; turn < 30; turn++) await Promise.resolve()
      expect(both.remote.calls.write).toBe(0)
      await invalidate(both.cache)
      await owner
      expect(await both.cache.has('k')).toBe(false)
      expect(await openBeside(both).cache.has('k')).toBe(false)
    },
  )

  test('of a tag that the loader named: it is fresh in no tier', async () => {
    const both = openBoth({ grace: '1h', codec: { compression: { minBytes: 1 } } })
    const loaded = deferred<string>()
    const owner = both.cache.get('k', async (ctx) => {
      ctx.tag('late')
      return await loaded.promise
    })
    await settle()
    loaded.resolve('old '.repeat(50_000))
    for (let turn = 0; turn < 30; turn++) await Promise.resolve()
    expect(both.remote.calls.stampsOf).toBe(1)
    await both.cache.invalidateTags('late')
    await owner
    expect(await both.cache.has('k')).toBe(false)
    expect(await openBeside(both).cache.has('k')).toBe(false)
  })

  test('a set that lands before it: the value that was set stays in every tier', async () => {
    const both = openBoth({ grace: '1h' })
    const owner = both.cache.get('k', (ctx) => {
      ctx.tag('late')
      return 'old'
    })
    both.remote.holdReply('stampsOf')()
    const release = both.remote.holdReply('stampsOf')
    await settle()
    await both.cache.set('k', 'set')
    release()
    await owner
    expect(await both.cache.get('k')).toBe('set')
    expect(await openBeside(both).cache.get('k')).toBe('set')
  })
})

describe('an invalidation during a set', () => {
  test.each(hard)(
    '%s, before the value is sent: memory never has what the second tier has not',
    async (_, invalidate) => {
      const both = openBoth()
      const release = both.remote.holdReply('stampsOf')
      const set = both.cache.set('k', 'value', { tags })
      await settle()
      await invalidate(both.cache)
      release()
      expect(await set).toBe('applied')
      expect(both.cache.peek('k')).toBeUndefined()
      expect(await both.cache.get('k')).toBe(await openBeside(both).cache.get('k'))
    },
  )

  test.each([
    { kind: 'tags', tags, soft: false },
    { kind: 'tags', tags, soft: true },
    { kind: 'clear' },
  ] as const)(
    '$kind of another process, before the value is sent: not in memory',
    async (heard) => {
      const { cache, remote, engine } = openBoth()
      const release = remote.holdReply('stampsOf')
      const set = cache.set('k', 'value', { tags, grace: '1m' })
      await settle()
      engine.bus.announce('default', heard, 'heard')
      release()
      await set
      expect(cache.peek('k')).toBeUndefined()
    },
  )

  test.each(hard)('%s, after it was sent: nothing is left', async (_, invalidate) => {
    const both = openBoth()
    const release = both.remote.holdReply('write')
    const set = both.cache.set('k', 'value', { tags })
    await settle()
    await invalidate(both.cache)
    release()
    await set
    expect(await both.cache.get('k')).toBeUndefined()
    expect(await openBeside(both).cache.get('k')).toBeUndefined()
  })

  test('another set: of the two values none is left in one tier and the other in the other', async () => {
    for (const holdFirst of [true, false]) {
      const both = openBoth()
      const release = both.remote.holdReply(holdFirst ? 'stampsOf' : 'write')
      const first = both.cache.set('k', 'one')
      await settle()
      const second = both.cache.set('k', 'two')
      await stateOf(second)
      release()
      expect(await Promise.all([first, second])).toEqual(['applied', 'applied'])
      const inMemory = await both.cache.get('k')
      const inRemote = await openBeside(both).cache.get('k')
      expect(['one', 'two']).toContain(inMemory)
      expect([inMemory, undefined]).toContain(inRemote)
    }
  })
})

describe('an invalidation', () => {
  test.each([...hard, ...soft])(
    '%s reaches both tiers before it resolves',
    async (_, invalidate) => {
      const both = await openStored()
      expect(await both.cache.get('k')).toBe('old')
      expect(await invalidate(both.cache)).toBe('applied')
      expect(both.cache.peek('k')).toBeUndefined()
      expect(await both.cache.get('k')).toBeUndefined()
      expect(await openBeside(both, { grace: '1h' }).cache.get('k')).toBeUndefined()
    },
  )

  test.each([...hard, ...soft])(
    '%s waits for the second tier; in memory it takes effect at once',
    async (_, invalidate) => {
      const both = await openStored()
      await both.cache.get('k')
      const releases = (['remove', 'expire', 'invalidate', 'clear'] as const).map((operation) =>
        both.remote.holdReply(operation),
      )
      const done = invalidate(both.cache)
      expect(both.cache.peek('k')).toBeUndefined()
      expect(await stateOf(done)).toBe('pending')
      for (const release of releases) release()
      expect(await done).toBe('applied')
    },
  )

  test.each([...hard, ...soft])(
    '%s fences what was read while it was on its way',
    async (_, invalidate) => {
      const both = await openStored()
      // Sent before the invalidation, answered after it: the reply still shows the old value.
      const releaseRead = both.remote.holdReply('read')
      const releases = (['remove', 'expire', 'invalidate', 'clear'] as const).map((operation) =>
        both.remote.holdReply(operation),
      )
      const reading = both.cache.get('k')
      const done = invalidate(both.cache)
      await settle()
      releaseRead()
      expect(await reading).toBe('old')
      for (const release of releases) release()
      await done
      expect(await both.cache.get('k')).toBeUndefined()
    },
  )

  test.each([...hard, ...soft])(
    '%s drops what was promoted before the second tier was told',
    async (_, invalidate) => {
      const both = await openStored()
      const releases = (['remove', 'expire', 'invalidate', 'clear'] as const).map((operation) =>
        both.remote.holdRequest(operation),
      )
      const done = invalidate(both.cache)
      await settle()
      expect(await both.cache.get('k')).toBe('old')
      for (const release of releases) release()
      expect(await done).toBe('applied')
      expect(both.cache.peek('k')).toBeUndefined()
      expect(await both.cache.get('k')).toBeUndefined()
    },
  )

  test.each([...hard, ...soft])(
    '%s revokes a load that began before the second tier was told',
    async (_, invalidate) => {
      const both = openBoth({ grace: '1h' })
      const releases = (['remove', 'expire', 'invalidate', 'clear'] as const).map((operation) =>
        both.remote.holdRequest(operation),
      )
      const done = invalidate(both.cache)
      await settle()
      const load = slowLoader<string>()
      const call = both.cache.get('k', load, { tags })
      await settle()
      for (const release of releases) release()
      await done
      load.runs[0]!.resolve('old')
      await call
      expect(await both.cache.get('k')).toBeUndefined()
    },
  )
})
