import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ClientOptions, createClient } from '../../../src/client/index.js'
import { createCache } from '../../../src/index.js'
import { patient, patientConfig } from '../../support/patient-config.js'
import { itPython, runPython } from '../../support/python.js'
import { describeRedis, startRedis } from '../../support/redis-server.js'
import { StrataProcess } from '../../support/strata-process.js'

const EXAMPLE = 'examples/service_client.py'

const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

/** A real service in a process of its own, with the listener that is being tested. */
async function serve(...args: string[]): Promise<string> {
  const { STRATA_NATIVE: native } = process.env
  const env = native === undefined ? {} : { STRATA_NATIVE: native }
  const program = new StrataProcess(['serve', '--port', '0', '--admin-port', '0', ...args], { env })
  open.push(() => program.kill())
  const { data } = await program.listening()
  return `http://127.0.0.1:${data}`
}

function clientAt(url: string, options: Partial<ClientOptions> = {}) {
  return createClient({ url, namespace: 'shop', timeout: '20s', ...options })
}

/** Two services that share a Redis, each ready; on a busy machine Redis may take its time. */
async function serveTwo() {
  const redis = await startRedis()
  open.push(() => redis.close())
  const config = patientConfig(redis.url)
  const urls = await Promise.all([serve('--config', config.path), serve('--config', config.path)])
  // an answer that Redis was asked for: it is ready
  for (const url of urls) await clientAt(url).getOrLoad('first', () => 1, { wait: '20s' })
  config.remove()
  return { redis, urls }
}

describe('the client and a service', () => {
  it('keep values, bytes, lifetimes and conditions', async () => {
    const client = clientAt(await serve())
    expect(await client.read('a')).toBeUndefined()
    const { result, etag } = await client.set('a', { b: [1, null] }, { ttl: '1m', tags: ['t'] })
    expect(result).toBe('applied')
    const reading = await client.read('a')
    expect(reading).toMatchObject({
      value: { b: [1, null] },
      type: 'application/json',
      etag,
      age: 0,
    })
    expect(reading?.ttl).toBeGreaterThan(50)

    const bytes = new Uint8Array([0, 255, 13, 10])
    await client.set('a/../b c?', bytes, { type: 'image/png' })
    expect(await client.read('a/../b c?')).toMatchObject({ value: bytes, type: 'image/png' })

    expect((await client.set('a', 2, { ifAbsent: true })).result).toBe('refused')
    expect((await client.set('new', 2, { ifAbsent: true })).result).toBe('applied')
    const next = await client.set('a', 3, { ifMatch: etag ?? '' })
    expect(next.result).toBe('applied')
    expect((await client.set('a', 4, { ifMatch: etag ?? '' })).result).toBe('refused')
    expect(await client.delete('a', { ifMatch: etag ?? '' })).toBe('refused')
    expect(await client.delete('a', { ifMatch: next.etag ?? '' })).toBe('applied')
    expect(await client.get('a')).toBeUndefined()
  })

  it('keep many at once, and purge by tag, key and namespace', async () => {
    const client = clientAt(await serve())
    const entries = Array.from({ length: 1_200 }, (_, i) => ({
      key: `k${i}`,
      value: i % 2 === 0 ? { i } : new Uint8Array([i % 256]),
      ...(i % 3 === 0 ? { tags: ['third'] } : {}),
    }))
    expect(await client.setMany(entries)).toEqual({ stored: 1_200, queued: false, errors: [] })
    const keys = entries.map(({ key }) => key)
    const found = await client.getMany([...keys, 'nothing', '..'])
    expect([...found.keys()]).toEqual(keys)
    expect([found.get('k4'), found.get('k5')]).toEqual([{ i: 4 }, new Uint8Array([5])])

    expect(await client.purge({ tags: ['third'], keys: ['k1'] })).toBe('applied')
    expect((await client.getMany(keys)).size).toBe(1_200 - 400 - 1)
    await client.namespace('eu').set('k2', 'of another namespace')
    expect(await client.purge({ all: true })).toBe('applied')
    expect((await client.getMany(keys)).size).toBe(0)
    expect(await client.namespace('eu').get('k2')).toBe('of another namespace')
  })

  it('tell what is refused, and by which token', async () => {
    const url = await serve('--max-value', '1kb')
    await expect(clientAt(url).set('a', 'x'.repeat(2_000))).rejects.toMatchObject({
      code: 'STRATA_SERVICE_REFUSED',
      status: 413,
    })
    await expect(clientAt(url).set('_a', 1)).rejects.toMatchObject({
      status: 400,
      problem: 'bad-key',
    })
  })

  it('make one load of many clients on a cold key', async () => {
    const url = await serve()
    const load = vi.fn(async () => ({ loaded: true }))
    const calls = Array.from({ length: 30 }, () =>
      clientAt(url).getOrLoad('cold', load, { wait: '20s' }),
    )
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 30 }, () => ({ loaded: true })))
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('let the next one load when a load fails', async () => {
    const url = await serve()
    const failure = new Error('no database')
    const failing = clientAt(url).getOrLoad('k', () => Promise.reject(failure))
    await expect(failing).rejects.toBe(failure)
    const onError = vi.fn()
    const value = await clientAt(url, { onError }).getOrLoad('k', () => 'loaded', { wait: '20s' })
    expect([value, onError.mock.calls]).toEqual(['loaded', []])
  })

  it('store nothing that an invalidation has overtaken', async () => {
    const url = await serve()
    const onError = vi.fn()
    const client = clientAt(url, { onError })
    const value = await client.getOrLoad('k', async () => {
      await clientAt(url).purge({ keys: ['k'] })
      return 'old'
    })
    expect([value, await client.get('k'), onError.mock.calls]).toEqual(['old', undefined, []])
  })

  it('go on without each other', async () => {
    const program = new StrataProcess(['serve', '--port', '0', '--admin-port', '0'])
    open.push(() => program.kill())
    const { data } = await program.listening()
    const errors: unknown[] = []
    const client = clientAt(`http://127.0.0.1:${data}`, { onError: (error) => errors.push(error) })
    expect(await client.getOrLoad('k', () => 1)).toBe(1)
    await program.kill()
    expect(await client.getOrLoad('k', () => 2)).toBe(2)
    expect(errors).toMatchObject([{ reason: 'connection' }])
  })
})

itPython('Python: 20 processes on a cold key are one load', async () => {
  const url = `${await serve()}/v1/shop`
  const runs = await Promise.all(Array.from({ length: 20 }, () => runPython(EXAMPLE, url, 'cold')))
  expect(runs.filter(({ code, stderr }) => code !== 0 || stderr !== '')).toEqual([])
  expect(runs.flatMap(({ lines }) => lines).filter((line) => line === 'loading')).toHaveLength(1)
  const values = new Set(runs.map(({ lines }) => lines.at(-1)))
  expect([...values]).toEqual([
    '{"posts": ["How we moved billing to queues", "Queues, revisited"]}',
  ])
})

itPython('Python: without a service the load runs', async () => {
  const { code, lines } = await runPython(EXAMPLE, 'http://127.0.0.1:1/v1/shop', 'k')
  expect([code, lines[0], lines.length]).toEqual([0, 'loading', 2])
})

describeRedis('two services on one Redis', () => {
  it('make one load of the clients of both, which a program that shares the Redis reads', async () => {
    const { redis, urls } = await serveTwo()
    const load = vi.fn(async () => ({ loaded: true }))
    const onError = vi.fn()
    const calls = Array.from({ length: 20 }, (_, i) =>
      clientAt(urls[i % 2] ?? '', { onError }).getOrLoad('cold', load, { wait: '20s' }),
    )
    await Promise.all(calls)
    expect([load.mock.calls.length, onError.mock.calls]).toEqual([1, []])

    const cache = createCache({ namespace: 'strata', redis: patient(redis.url) })
    open.push(() => cache.close())
    expect(await cache.namespace('shop').get('cold')).toEqual({ loaded: true })
  })

  itPython('Python: 20 processes of both are one load', async () => {
    const { urls } = await serveTwo()
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, i) => runPython(EXAMPLE, `${urls[i % 2]}/v1/shop`, 'cold')),
    )
    expect(runs.flatMap(({ lines }) => lines).filter((line) => line === 'loading')).toHaveLength(1)
  })
})
