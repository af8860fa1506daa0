import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadBinding } from '../../src/native/binding.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

const hasNative = (await loadBinding()).binding !== undefined

/** Where no addon loads, a server that takes what is there says so. */
const SILENT = hasNative ? {} : { STRATA_NATIVE: '0' }

// What a run has to print, in this order; own-redis prints one line and ends where there is no Redis.
const expected: Readonly<Record<string, readonly string[]>> = {
  'basic.ts': [
    'first: miss from loader',
    'again: hit from memory',
    'after the invalidation: miss from loader',
    'queries: 2',
    'nothing there: undefined',
  ],
  'cache-manager.ts': [
    '100 calls of wrap, queries: 1',
    'read before the change: 120',
    'kept: undefined - then 130',
    'served at once: 130',
    'brought up to date behind: apple 140',
  ],
  'decorator.ts': [
    '100 calls, queries: 1',
    'after the change: Good morning, queries: 2',
    'post:7: hit from memory',
  ],
  'define.ts': [
    '100 comments with authors, queries: 1',
    '100 comments again, queries: 1',
    'after author 7 has changed, queries: 2',
    'many: Author 7, Author 8, Author 99; queries: 3',
  ],
  'express.ts': [
    '100 requests, queries: 1',
    'again: strata; hit; ttl=',
    'after the change: {"id":"7","title":"Good morning"}, queries: 2',
  ],
  'fastify.ts': [
    '{"news":"Nichts Neues"} (strata; fwd=uri-miss; stored)',
    '{"news":"Nichts Neues"} (strata; hit; ttl=',
    '{"news":"No news"} (strata; fwd=uri-miss; stored)',
    'queries: 2',
    '(not cached)',
    'after the purge, queries: 3',
  ],
  'hono.ts': [
    '/page: page 1, max-age=60',
    '/page: page 1, max-age=60',
    '/feed: feed 2, max-age=60',
    '/feed: feed 2, max-age=60',
    '/feed: feed 3, max-age=60',
    'with its validator: 304',
  ],
  'keyv.ts': [
    "session: { user: 'Ada' }",
    'prices: [ 120, 150, undefined ]',
    'deleted: true false',
    'memory: nothing there',
    "after clear: undefined { user: 'Ada' }",
  ],
  'many.ts': [
    'loading apple, pear',
    'loading plum, melon',
    'apple 120, plum 90, melon null',
    'apple 120, pear 150, plum 90, melon null',
  ],
  'memo.ts': ['1,000 calls, computed: 2', 'after a new map, computed: 3'],
  'own-redis.ts': ['own redis'],
  'server.ts': [
    'listening on http://127.0.0.1:',
    '(native listener)',
    'GET /api/posts/1 200',
    '{"id":"1","title":"How we moved billing to queues"}',
    'GET /api/posts/1 200',
    'GET /api/posts/2 404',
    '{"error":"no post 2"}',
    'GET /api/authors 404',
    'DELETE /api/posts/1/cache 204',
    'GET /api/posts/1 200',
    'queries: 3',
  ],
  'service-client.ts': [
    'both have 2 and 2 posts, queries: 1',
    'after the purge: undefined',
    'set of what was read before: refused, stock 9',
    'no service',
    'alone: 2',
  ],
  'shutdown.ts': ['hello', 'after close: bypass', 'set: STRATA_CLOSED', 'hello and goodbye'],
  'stale.ts': [
    'first: miss, made while quick',
    'again: hit',
    'slow database: stale, made while quick, at once',
    'database down: stale, made while slow, at once',
    'database back: miss, made while quick',
  ],
}

describe('examples', () => {
  const files = readdirSync(`${root}examples`).filter((name) => name.endsWith('.ts'))

  it('are all run here', () => {
    expect(files.toSorted()).toEqual(Object.keys(expected).toSorted())
  })

  it.each(files)('%s is short and begins with a comment', (file) => {
    const lines = readFileSync(`${root}examples/${file}`, 'utf8').split('\n')
    expect(lines.length).toBeLessThanOrEqual(41)
    expect(lines[0]).toMatch(/^\/\/ /)
  })

  it.each(files)('%s ends by itself and prints what it shows', async (file) => {
    const { stdout, stderr } = await run(
      process.execPath,
      ['--import', 'tsx', `examples/${file}`],
      {
        cwd: root,
        timeout: 30_000,
        env: { ...process.env, ...SILENT },
      },
    )
    expect(stderr).toBe('')
    let from = 0
    for (const line of expected[file] ?? []) {
      const text = hasNative ? line : line.replace('(native listener)', '(TypeScript listener: ')
      const at = stdout.indexOf(text, from)
      expect(at, `${text}\nin\n${stdout}`).toBeGreaterThanOrEqual(0)
      from = at + text.length
    }
  })
})
