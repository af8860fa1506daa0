import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { InvalidOptionError, ListenError } from '../../../src/errors.js'
import {
  createService,
  type CreateServiceOptions,
  type Service,
  type ServiceLogger,
} from '../../../src/service/index.js'
import { ask } from '../../support/http-client.js'
import { describeRedis, startRedis } from '../../support/redis-server.js'

const services: Service[] = []

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close({ timeout: 0 })))
})

const QUIET: ServiceLogger = { debug() {}, info() {}, warn() {}, error() {} }

function create(options: CreateServiceOptions = {}): Service {
  const service = createService({ port: 0, adminPort: 0, logger: QUIET, ...options })
  services.push(service)
  return service
}

describe('createService', () => {
  it('listens when it is told to, says where, and gives its cache', async () => {
    const service = create()
    expect(service.describe()).toBe('strata: not listening')
    expect(service.addresses).toEqual({ data: null, admin: null })
    await service.listen()
    const { data, admin } = service.addresses
    expect(service.describe()).toContain(
      `strata: data http://127.0.0.1:${data?.port}, admin http://127.0.0.1:${admin?.port} (`,
    )
    expect(service.cache.stats().namespace).toBe('strata')
    await service.close()
    await service.close()
    expect(service.addresses).toEqual({ data: null, admin: null })
  })

  it('shows an address of IPv6 as URLs have it', async () => {
    const service = create({ host: '::1' })
    await service.listen()
    expect(service.describe()).toMatch(/data http:\/\/\[::1\]:\d+,/)
  })

  it('rejects with ListenError where a port is taken, and listens nowhere', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    try {
      const { port } = taken.address() as AddressInfo
      const service = create({ adminPort: port })
      await expect(service.listen()).rejects.toThrow(ListenError)
      expect(service.addresses).toEqual({ data: null, admin: null })
    } finally {
      taken.close()
    }
  })

  it('can be closed while it begins to listen', async () => {
    const service = create()
    const listening = service.listen()
    const closing = service.close()
    await expect(listening).rejects.toThrow(ListenError)
    await closing
    expect(service.addresses).toEqual({ data: null, admin: null })
  })

  it.each<[unknown, string]>([
    [{ prot: 1 }, 'prot'],
    [{ port: '80' }, 'port'],
    [{ host: '0.0.0.0' }, 'host'],
    [{ tokens: '/nowhere' }, 'tokens'],
    [{ redis: { url: 'x' } }, 'redis.url'],
    [{ logger: console.log }, 'logger'],
    [{ logger: { info() {} } }, 'logger'],
    [{ namespaces: { shop: { quota: { bites: 1 } } } }, 'namespaces.shop.quota.bites'],
  ])('refuses %j', (options, option) => {
    let error: unknown
    try {
      create(options as CreateServiceOptions)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect((error as InvalidOptionError).option).toBe(option)
  })
})

describe('reload', () => {
  it('puts tokens in force, and changes nothing where something is wrong', async () => {
    const tokens = [{ token: 'x'.repeat(16), scopes: ['admin'] as const }]
    const service = create()
    await service.listen()
    const port = service.addresses.admin?.port ?? 0
    const status = async (headers = {}) => (await ask(port, '/readyz', { headers })).status
    expect(await status()).toBe(200)
    const options = { port: 0, adminPort: 0 }
    expect(await service.reload({ ...options, tokens })).toEqual({
      changed: ['tokens'],
      needRestart: [],
    })
    expect(await status()).toBe(401)
    expect(await status({ authorization: `Bearer ${'x'.repeat(16)}` })).toBe(200)
    await expect(service.reload({ ...options, ttl: -1 })).rejects.toThrow(InvalidOptionError)
    expect(await status()).toBe(401)
    expect(await service.reload(options)).toEqual({ changed: [], needRestart: ['tokens'] })
    expect(await status()).toBe(401)
  })

  it('leaves the routes of the data API with the rules that they had', async () => {
    const service = create()
    await service.listen()
    const tokens = [{ token: 'x'.repeat(16), scopes: ['read'] as const }]
    for (let i = 0; i < 3; i++) await service.reload({ port: 0, adminPort: 0, tokens })
    for (const address of Object.values(service.addresses)) {
      expect((await ask(address?.port ?? 0, '/healthz')).status).toBe(200)
    }
  })
})

describeRedis('createService with a client of its caller', () => {
  it('uses it, and leaves it open', async () => {
    const redis = await startRedis()
    const client = new Redis(redis.url)
    try {
      await client.ping()
      const service = create({ redis: client })
      await service.listen()
      const shop = service.cache.namespace('shop')
      await expect.poll(() => shop.set('a', 1), { timeout: 10_000 }).toBe('applied')
      expect(service.cache.stats().redis.state).toBe('ready')
      expect(await client.dbsize()).toBeGreaterThan(0)
      await service.close()
      expect(await client.ping()).toBe('PONG')
    } finally {
      client.disconnect()
      await redis.close()
    }
  })
})
