import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cached, get, post } from '../../../src/decorator/index.js'
import { createCache, type Cache } from '../../../src/index.js'
import {
  cached as cachedBy,
  createServer,
  type Context,
  type Server,
} from '../../../src/server/index.js'

let cache: Cache
let app: Server

beforeEach(() => {
  cache = createCache({ logger: false })
  app = createServer({ cache, logger: false })
})
afterEach(async () => {
  await app.close()
  await cache.close()
})

async function ask(path: string, method = 'GET'): Promise<string> {
  const response = await app.fetch(new Request(`http://example.com${path}`, { method }))
  await new Promise(setImmediate)
  const isHit = response.headers.get('cache-status')?.startsWith('strata; hit') === true
  return `${isHit ? 'hit ' : ''}${await response.text()}`
}

class Posts {
  runs = 0

  @get('/posts/:id')
  @get('/p/:id')
  @cached({ ttl: '1m', tags: (c: Context<'/posts/:id'>) => [`post:${c.params.id}`] })
  one(c: Context<'/posts/:id'>) {
    return c.text(`post ${c.params.id}, ${++this.runs}`)
  }

  @cached({ ttl: '1m' })
  @get('/posts')
  async all(c: Context) {
    return c.text(`all, ${++this.runs}`)
  }

  @get('/plain')
  plain() {
    return `plain, ${++this.runs}`
  }

  @post('/posts')
  add(c: Context) {
    return c.text('added', 201)
  }

  @cached()
  @get('/fields')
  fields(c: Context) {
    return c.text(`fields, ${++this.runs}`, 200, { 'cache-control': 'max-age=60' })
  }
}

describe('an instance whose methods are routes', () => {
  test('answers them, cached where it says so', async () => {
    app.register(new Posts())
    expect(await ask('/posts/7')).toBe('post 7, 1')
    expect(await ask('/posts/7')).toBe('hit post 7, 1')
    await cache.invalidateTags('post:7')
    expect(await ask('/posts/7')).toBe('post 7, 2')
    expect(await ask('/p/7')).toBe('post 7, 3')
    expect(await ask('/posts')).toBe('all, 4')
    expect(await ask('/posts')).toBe('hit all, 4')
    expect(await ask('/posts', 'POST')).toBe('added')
    expect(await ask('/posts')).toBe('all, 5')
    expect([await ask('/plain'), await ask('/plain')]).toEqual(['plain, 6', 'plain, 7'])
    expect([await ask('/fields'), await ask('/fields')]).toEqual(['fields, 8', 'hit fields, 8'])
  })

  test('may inherit and override them', async () => {
    class Own extends Posts {
      @get('/plain')
      override plain() {
        return 'own'
      }
    }
    app.register(new Own())
    expect(await ask('/plain')).toBe('own')
    expect(await ask('/posts/1')).toBe('post 1, 1')
  })

  test('needs one', () => {
    for (const wrong of [{}, undefined, Posts, new Map()]) {
      expect(() => app.register(wrong as object)).toThrow("@get('/path')")
    }
  })
})

test('a cached method is a route or has a name, which a call tells', () => {
  class Wrong {
    @cached({ ttl: '1m' })
    find(id: number) {
      return id
    }
  }
  expect(() => new Wrong().find(1)).toThrow('a name, for find is no route')
})

test.each([
  ['an option of a data cache', { ttl: '1m', resultTags: () => [] }],
  ['no ttl', {}],
])('a policy of a decorator is checked where the class is defined: %s', (_, policy) => {
  expect(() => cached(policy as { ttl: '1m' })).toThrow('cached.')
})

describe('cached() as middleware', () => {
  let runs: number
  beforeEach(() => {
    runs = 0
  })

  test('caches the routes below it that have no option of their own', async () => {
    app.use('/api', cachedBy({ ttl: '1m' }))
    app.get('/api/a', () => `a ${++runs}`)
    app.get('/api/b', { cache: { ttl: '1m', tags: () => ['b'] } }, () => `b ${++runs}`)
    app.post('/api/a', () => `posted ${++runs}`)
    app.get('/other', () => `other ${++runs}`)
    expect([await ask('/api/a'), await ask('/api/a')]).toEqual(['a 1', 'hit a 1'])
    expect([await ask('/api/b'), await ask('/api/b')]).toEqual(['b 2', 'hit b 2'])
    expect([await ask('/other'), await ask('/other')]).toEqual(['other 3', 'other 4'])
    expect(await ask('/api/a', 'POST')).toBe('posted 5')
    expect(await ask('/api/a')).toBe('a 6')
    expect(app.routes().map(({ cached }) => cached)).toEqual([
      'by-middleware',
      'first',
      false,
      false,
    ])
  })

  test('keeps an answer once, by the innermost', async () => {
    app.use(cachedBy())
    app.use(cachedBy({ ttl: '1m' }))
    app.get('/a', () => `a ${++runs}`)
    expect([await ask('/a'), await ask('/a')]).toEqual(['a 1', 'hit a 1'])
  })

  test('lets what stands above it run for every request', async () => {
    const seen: string[] = []
    app.use((c, next) => {
      seen.push(c.req.path)
      return next()
    })
    app.use(cachedBy({ ttl: '1m' }))
    app.get('/a', () => `a ${++runs}`)
    for (let i = 0; i < 2; i++) await ask('/a')
    expect([seen.length, runs]).toEqual([2, 1])
  })

  test('refuses a policy that is none', () => {
    expect(() => cachedBy({ ttl: '1m', size: 1 } as { ttl: '1m' })).toThrow('cached.size')
  })
})

test('no route that changes something has a cache', () => {
  expect(() => app.post('/a', { cache: { ttl: '1m' } }, () => 'x')).toThrow('POST')
})
