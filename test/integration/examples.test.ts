import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBinding } from '../../src/native/binding.js'
import { indexedExamples, readExample } from '../support/example-index.js'
import { startCluster } from '../support/redis-cluster.js'
import { describeRedis, startRedis } from '../support/redis-server.js'

// What a run has to print, in this order.
const expected: Readonly<Record<string, readonly string[]>> = {
  'batch.ts': [
    '100 comments with authors, queries: 1',
    '100 comments again, queries: 1',
    'after author 7 has changed, queries: 2',
    'many: Author 7, Author 8, Author 99; queries: 3',
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
  'dependent-invalidation.ts': [
    '(native listener)',
    'Queues (fwd=uri-miss)',
    'Queues by Ada (fwd=uri-miss)',
    'Queues (hit)',
    'Queues by Ada (hit)',
    'Queues, revisited (fwd=uri-miss)',
    'Queues, revisited by Ada (fwd=uri-miss)',
    'Queues, revisited (hit)',
    'Queues, revisited by Ada Lovelace (fwd=uri-miss)',
  ],
  'express.ts': [
    '100 requests, queries: 1',
    'again: strata; hit; ttl=',
    'after the change: {"id":"7","title":"Good morning"}, queries: 2',
  ],
  'fastify.ts': [
    '/news for de-AT, en;q=0.5: {"news":"Nichts Neues"} (strata; fwd=uri-miss; stored)',
    '/news for de: {"news":"Nichts Neues"} (strata; hit; ttl=',
    '/news for en-GB: {"news":"No news"} (strata; fwd=uri-miss; stored)',
    'queries: 2',
    '(not cached)',
    'after the purge, queries: 3',
  ],
  'get-many.ts': [
    'loading apple, pear',
    'loading plum, melon',
    'apple 120, plum 90, melon null',
    'apple 120, pear 150, plum 90, melon null',
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
  'koa.ts': [
    '100 requests: 1 answer',
    'run 1 of /news (strata; hit; ttl=',
    'run 2 of /about (strata; fwd=uri-miss; stored)',
    'run 3 of /news (strata; fwd=uri-miss; stored)',
  ],
  'memo.ts': ['1,000 calls, computed: 2', 'after a new map, computed: 3'],
  'native-server.ts': [
    '(native listener)',
    'first: {"id":"7","run":1} (strata; fwd=uri-miss; stored)',
    'again: {"id":"7","run":1} (strata; hit; ttl=',
    'while JavaScript is blocked: {"id":"7","run":1}',
    'after the invalidation: {"id":"7","run":2} (strata; fwd=uri-miss; stored)',
  ],
  'nest/main.ts': [
    '100 requests, pages made: 1, queries: 1',
    'after the change: {"id":"7","title":"Good morning"}, queries: 2',
  ],
  'own-redis.ts': ['cache: hello', 'application: 42 visits', 'closed: ready, PONG'],
  'read-through.ts': [
    '1,000 calls at once, queries: 1',
    'again: "How we moved billing to queues", queries: 1',
    'after the delete, queries: 2',
    'read: hit from memory',
    'no loader: undefined',
  ],
  'redis-cluster.ts': [
    'of 3 masters',
    'one: 6 posts, loaded: 6',
    'other: 6 posts, loaded: 6',
    'one invalidates the tag: applied',
    'other: gone from memory, 6 posts, loaded: 12',
  ],
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
    'loaded all the same: 2 posts',
  ],
  'shutdown.ts': ['hello', 'after close: bypass', 'set: STRATA_CLOSED', 'hello and goodbye'],
  'stale-on-error.ts': [
    '101 (miss), queries: 1',
    '101 (hit), queries: 1',
    '101 (stale), queries: 2',
    '101 (stale), queries: 2',
    'Error: the database is down, queries: 3',
    '101 (stale), queries: 4',
    '104 (hit), queries: 4',
  ],
  'tags.ts': [
    'miss  Post 1 by Ada',
    'miss  Post 2 by Bob',
    'hit   Post 1 by Ada',
    'hit   Post 2 by Bob',
    'miss  Post 1 by Ada Lovelace',
    'hit   Post 2 by Bob',
    'miss  Ada Lovelace, Bob',
    'hit   Post 1 by Ada Lovelace',
    'stale Post 2 by Bob',
    'hit   Post 2 by Robert',
  ],
  'two-tiers.ts': [
    'first:  from loader, fresh for ',
    'first:  from memory, fresh for ',
    'second: from redis, fresh for 5',
    'second: from memory, fresh for 5',
    'first:  delete applied',
    'second: gone from memory',
    'second: from loader, fresh for ',
  ],
  'worker-threads.mjs': [
    '100 calls in each thread: 100, 100, 100, 100 (loads: 1)',
    'delete in the main thread: applied',
    'in memory: nothing, nothing, nothing, nothing (loads: 1)',
    '100 calls in each thread: 100, 100, 100, 100 (loads: 2)',
  ],
}

/** What the TypeScript listener prints in the place of it. */
const onTypeScript: Readonly<Record<string, string>> = {
  '(native listener)': '(TypeScript listener: ',
  'while JavaScript is blocked: {"id":"7","run":1}':
    'while JavaScript is blocked: no answer within 2 s',
}

const root = join(import.meta.dirname, '../..')
const hasNative = (await loadBinding()).binding !== undefined

// those in Python: service/clients.test.ts
const rows = indexedExamples().filter(({ command }) => !command.startsWith('python3'))
const ofServers = rows.filter(({ file }) =>
  /'strata-cache\/(server|service)'/.test(readExample(file)),
)
const onRedis = rows.filter(({ needs }) => needs.startsWith('a Redis'))
const alone = rows.filter((row) => !onRedis.includes(row))

describe.concurrent('examples', () => {
  it('are all run', () => {
    expect(rows.map(({ file }) => file).toSorted()).toEqual(Object.keys(expected))
  })

  it.each(alone)('$file ends by itself and prints what it shows', async ({ file, command }) => {
    // where no addon loads, a server that takes what is there says so
    prints(file, await start(command, hasNative ? {} : { STRATA_NATIVE: '0' }), hasNative)
  })

  it.each(ofServers)('$file does the same on the TypeScript listener', async (row) => {
    prints(row.file, await start(row.command, { STRATA_NATIVE: '0' }), false)
  })

  it.each(onRedis)('$file says in one line that there is no Redis', async ({ command }) => {
    const nowhere = { REDIS_URL: 'redis://127.0.0.1:1', REDIS_CLUSTER: '127.0.0.1:1' }
    const { code, stdout, stderr } = await start(command, nowhere)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^no Redis.*\n$/)
  })

  it('for a Redis Cluster say what to set', async () => {
    const { code, stderr } = await start('npx tsx examples/redis-cluster.ts', { REDIS_CLUSTER: '' })
    expect([code, stderr.split('\n').length]).toEqual([1, 2])
    expect(stderr).toMatch(/set REDIS_CLUSTER=/)
  })
})

describeRedis('examples with Redis', () => {
  const env: Record<string, string> = {}
  const close: (() => Promise<void>)[] = []
  beforeAll(async () => {
    const [redis, cluster] = await Promise.all([startRedis(), startCluster()])
    close.push(
      () => redis.close(),
      () => cluster.close(),
    )
    env['REDIS_URL'] = redis.url
    env['REDIS_CLUSTER'] = cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',')
  })
  afterAll(async () => {
    await Promise.all(close.map((end) => end()))
  })

  it.each(onRedis)('$file ends by itself and prints what it shows', async ({ file, command }) => {
    prints(file, await start(command, env), hasNative)
  })
})

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of the index as it stands there, `npx` apart, which would look for a newer version. */
function start(command: string, env: Readonly<Record<string, string>>): Promise<Run> {
  const [program, ...args] = command
    .replace(/^npx tsx /, 'node node_modules/tsx/dist/cli.mjs ')
    .split(' ')
  if (program !== 'node') throw new Error(`not known how to run this: ${command}`)
  const options = { cwd: root, timeout: 50_000, env: { ...process.env, ...env } }
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

function prints(file: string, { code, stdout, stderr }: Run, isNative: boolean): void {
  expect([code, stderr]).toEqual([0, ''])
  let from = 0
  for (const line of expected[file] ?? []) {
    const text = isNative ? line : (onTypeScript[line] ?? line)
    const at = stdout.indexOf(text, from)
    expect(at, `${text}\nin\n${stdout}`).toBeGreaterThanOrEqual(0)
    from = at + text.length
  }
}
