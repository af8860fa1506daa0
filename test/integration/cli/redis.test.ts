import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCache } from '../../../src/index.js'
import {
  describeRedis,
  freePort,
  startRedis,
  until,
  type RedisServer,
} from '../../support/redis-server.js'
import { StrataProcess } from '../../support/strata-process.js'

describeRedis('strata with --redis', () => {
  let redis: RedisServer
  let cache: ReturnType<typeof createCache>
  let folder = ''

  beforeAll(async () => {
    redis = await startRedis()
    cache = createCache({ namespace: 'strata', redis: redis.url })
    await cache.ready()
    folder = mkdtempSync(join(tmpdir(), 'strata-cli-'))
  })

  afterAll(async () => {
    await cache.close()
    await redis.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const strata = (...args: string[]) =>
    StrataProcess.run([...args, '-n', 'shop', '--redis', redis.url])

  it('stores what a program reads, and reads what a program stores', async () => {
    const shop = cache.namespace('shop')
    expect(await strata('set', 'post:7', '{"title":"Hello"}', '--tag', 'posts')).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await shop.get('post:7')).toEqual({ title: 'Hello' })
    await shop.set('post:8', [1, 2])
    expect(await strata('get', 'post:8')).toEqual({ code: 0, stdout: '[1,2]\n', stderr: '' })
  })

  it('keeps bytes as they are', async () => {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')]
    const bytes = randomBytes(300_000)
    writeFileSync(from, bytes)
    expect(await strata('set', 'logo', `@${from}`, '--type', 'image/png')).toMatchObject({
      code: 0,
    })
    const { stdout } = await strata('get', 'logo', '--json')
    const got = JSON.parse(stdout) as { base64: string; type: string }
    writeFileSync(to, Buffer.from(got.base64, 'base64'))
    expect(got.type).toBe('image/png')
    expect(readFileSync(to).equals(bytes)).toBe(true)
  })

  it('purges by tag, which inspect and explain tell of', async () => {
    await strata('set', 'tagged', '1', '--tag', 'a', '--ttl', '1h')
    const before = await strata('inspect', 'tagged')
    expect(before.code).toBe(0)
    expect(before.stdout).toMatch(/^a get +a hit from redis, fresh for \d+m/m)
    expect(before.stdout).toMatch(/^tags +a$/m)

    expect(await strata('purge', '--tag', 'a')).toMatchObject({
      code: 0,
      stdout: 'purged 1 tag in strata.shop in Redis\n',
    })
    expect(await strata('get', 'tagged')).toMatchObject({ code: 1, stdout: '' })
    const after = await strata('explain', 'tagged')
    expect(after).toMatchObject({ code: 0, stderr: '' })
    expect(after.stdout).toMatch(/^redis key +s1:strata\.shop:e:\{tagged\}$/m)
    expect(after.stdout).toMatch(/- tag 'a': built under \S+, now none: invalidated/)
    expect(after.stdout).toMatch(/^a get +a miss: the loader would run$/m)
  })

  it.each([
    [['--key', 'k'], 'gone'],
    [['--key', 'k', '--soft'], 'stale'],
    [['--tag', 'soft', '--soft'], 'stale'],
    [['--all'], 'gone'],
  ])('purge %j leaves it %s', async (flags, left) => {
    await strata('set', 'k', '1', '--tag', 'soft', '--grace', '1h')
    expect(await strata('purge', ...flags)).toMatchObject({ code: 0 })
    const { stdout } = await strata('inspect', 'k', '--json')
    const { outcome } = JSON.parse(stdout) as { outcome: string }
    expect(outcome).toBe(left === 'stale' ? 'stale' : 'miss')
  })

  it('inspecting changes nothing, and ends with 1 for nothing', async () => {
    await strata('set', 'still', '"there"')
    const dump = () => redis.cli('DUMP', 's1:strata.shop:e:{still}')
    const before = await dump()
    const { stdout } = await strata('inspect', 'still', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      namespace: 'strata.shop',
      outcome: 'hit',
      value: { type: 'application/json', preview: '"there"' },
    })
    expect(await dump()).toBe(before)
    expect(await strata('inspect', 'never')).toMatchObject({ code: 1, stderr: '' })
  })

  it('takes the URL from the environment, and the root of the service', async () => {
    await createAndClose(redis.url)
    const args = ['get', 'k', '-n', 'a', '--redis', 'env:CACHE_REDIS', '--root', 'other']
    const ran = await StrataProcess.run(args, { env: { CACHE_REDIS: redis.url } })
    expect(ran).toEqual({ code: 0, stdout: '"of another root"\n', stderr: '' })
  })

  it('without a Redis is code 3, in a line', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`
    const { code, stdout, stderr } = await StrataProcess.run(['get', 'k', '--redis', url])
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/^strata: Redis cannot be used: connect ECONNREFUSED .*\n$/)
  })

  it('does not show the password of a URL that is refused', async () => {
    const args = ['get', 'k', '--redis', 'http://me:secret@127.0.0.1']
    const { code, stdout, stderr } = await StrataProcess.run(args)
    expect(code).toBe(2)
    expect(stdout + stderr).not.toContain('secret')
  })

  it('says of a node of a Cluster that it is not enough, and of nothing that it is stored', async () => {
    const node = await startRedis({ args: ['--cluster-enabled', 'yes'] })
    try {
      await node.cli('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
      await until(async () => (await node.cli('CLUSTER', 'INFO')).includes('cluster_state:ok'))
      const stored = await StrataProcess.run(['set', 'a', '1', '--tag', 't', '--redis', node.url])
      expect(stored).toMatchObject({ code: 3, stdout: '' })
      expect(stored.stderr).toMatch(/^strata: Redis did not take it; 'strata doctor/)
      const read = await StrataProcess.run(['get', 'a', '--redis', node.url])
      expect(read.code).toBe(3)
      expect(read.stderr).toMatch(/CROSSSLOT.*; a node of a Cluster is not enough/)
    } finally {
      await node.close()
    }
  })
})

async function createAndClose(url: string): Promise<void> {
  const other = createCache({ namespace: 'other', redis: url })
  await other.ready()
  await other.namespace('a').set('k', 'of another root')
  await other.close()
}
