import { describe, expect, test } from 'vitest'
import { cached, entriesOf, invalidates } from '../../../src/decorator/index.js'
import { InvalidOptionError } from '../../../src/errors.js'
import type { Cache } from '../../../src/index.js'
import { openMemory, thrownBy } from '../cache/harness.js'

class Posts {
  readonly cache: Cache | undefined
  calls = 0

  constructor(cache?: Cache) {
    this.cache = cache
  }

  @cached({ name: 'post', grace: '1h' })
  async find(id: number, lang = 'en') {
    return { id, lang, call: ++this.calls }
  }

  @invalidates({ tags: ['reads'] })
  @cached({ name: 'both' })
  async both() {
    return ++this.calls
  }

  @cached({ name: 'hidden' })
  async #hidden(id: number) {
    return id
  }

  hidden() {
    return entriesOf(this, this.#hidden)
  }

  async plain() {
    return 1
  }
}

describe('entriesOf', () => {
  test('reads what is kept', async () => {
    const posts = new Posts(openMemory().cache)
    const entries = entriesOf(posts, 'find')
    expect(entries.peek(7)).toBeUndefined()
    expect(await entries.read(7, 'de')).toMatchObject({ outcome: 'miss', tier: 'loader' })
    expect(await entries.read(7, 'de')).toMatchObject({ outcome: 'hit', tier: 'memory' })
    expect(entries.peek(7, 'de')).toEqual({ id: 7, lang: 'de', call: 1 })
    expect(entries.key(7, 'de')).toBe('post:(7,de)')
  })

  test('sets, deletes, expires and revalidates', async () => {
    const posts = new Posts(openMemory().cache)
    const entries = entriesOf(posts, 'find')
    await entries.set([7], { id: 7, lang: 'xx', call: 0 })
    expect(await posts.find(7)).toMatchObject({ lang: 'xx' })
    expect(await entries.revalidate(7)).toMatchObject({ lang: 'en', call: 1 })
    await entries.delete(7)
    expect(await posts.find(7)).toMatchObject({ call: 2 })
    await entries.expire(7)
    expect(await entries.read(7)).toMatchObject({ outcome: 'stale', value: { call: 2 } })
  })

  test('takes the function where the class hides it', async () => {
    expect(new Posts(openMemory().cache).hidden().key(7)).toBe('hidden:7')
  })

  test('finds the method below @invalidates', async () => {
    expect(entriesOf(new Posts(openMemory().cache), 'both').key()).toBe('both:()')
  })

  test('refuses a method that is not cached, and an instance without a cache', () => {
    const posts = new Posts(openMemory().cache)
    const plain = thrownBy(() => entriesOf(posts, 'plain'))
    expect(plain).toBeInstanceOf(InvalidOptionError)
    expect(plain).toMatchObject({ option: 'method', value: 'plain' })
    expect(thrownBy(() => entriesOf(posts, 'none' as 'plain'))).toMatchObject({ option: 'method' })
    expect(thrownBy(() => entriesOf(new Posts(), 'find'))).toMatchObject({ option: 'cache' })
  })
})
