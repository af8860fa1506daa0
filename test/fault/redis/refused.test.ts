import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'
import {
  beginTiers,
  entryOf,
  look,
  type OpenedRedis,
  openTiers,
  outcomeOf,
  store,
} from '../../support/redis-tiers.js'

describeRedis('a Redis that refuses', () => {
  let servers: RedisServer[] = []
  let opened: OpenedRedis

  afterEach(async () => {
    await opened.close()
    await Promise.all(servers.map((server) => server.close()))
    servers = []
  })

  async function start(...args: string[]): Promise<RedisServer> {
    const server = await startRedis({ args })
    servers.push(server)
    return server
  }

  describe('a read-only replica', () => {
    test('is read where that was asked for; writes and invalidations are refused; the breaker stays closed', async () => {
      const master = await start()
      const replica = await start('--replicaof', '127.0.0.1', `${master.port}`)
      const writer = await openTiers(master.url)
      await store(writer.guarded, 'k', 'one', { tags: ['t'] })
      await writer.close()
      await until(async () => (await replica.cli('DBSIZE')) === '3')
      // it may have been another server's: what is there cannot be trusted, nor cleared
      const clearing = await openTiers(replica.url)
      expect(await look(clearing.guarded, 'k')).toBe('refused')
      await clearing.close()
      opened = await openTiers(replica.url, 'test', 'keep')
      const { guarded, guard } = opened
      expect(await look(guarded, 'k')).toBe('fresh one')
      const stamps = await guarded.stampsOf(['t'], 1_000)
      expect(stamps).toHaveLength(2)
      for (const operation of [
        () => guarded.write('k', entryOf('two', { tags: ['t'] }), stamps),
        () => guarded.remove(['k']),
        () => guarded.expire('k'),
        () => guarded.invalidate(['t'], false),
        () => guarded.invalidate(['t'], true),
        () => guarded.clear(),
        () => guarded.stampsOf(['other'], 1_000),
      ]) {
        expect(await outcomeOf(operation())).toBe('refused')
      }
      expect(await look(guarded, 'k')).toBe('fresh one')
      expect(guard.state).toBe('closed')
    })
  })

  describe('a full one (maxmemory, noeviction)', () => {
    test('is read and invalidated in every way; only stores are refused', async () => {
      const server = await start('--maxmemory-policy', 'noeviction')
      opened = await openTiers(server.url)
      const { guarded, guard } = opened
      for (const key of ['removed', 'expired', 'hard', 'soft', 'kept']) {
        await store(guarded, key, key, { tags: [`tag-${key}`] })
      }
      await server.cli('CONFIG', 'SET', 'maxmemory', '100kb')
      const stamps = await guarded.stampsOf(['tag-kept'], 1_000)
      expect(await outcomeOf(guarded.write('new', entryOf('new'), stamps))).toBe('refused')
      expect(await look(guarded, 'kept')).toBe('fresh kept')
      await guarded.remove(['removed'])
      await guarded.expire('expired')
      await guarded.invalidate(['tag-hard'], false)
      await guarded.invalidate(['tag-soft'], true)
      expect(await look(guarded, 'removed')).toBeUndefined()
      expect(['stale expired', undefined]).toContain(await look(guarded, 'expired'))
      expect(await look(guarded, 'hard')).toBeUndefined()
      expect(await look(guarded, 'soft')).toBe('stale soft')
      await guarded.clear()
      expect(await look(guarded, 'kept')).toBeUndefined()
      expect(guard.state).toBe('closed')
    })
  })

  describe('one that cannot save (MISCONF)', () => {
    test('is read; writes are refused; the breaker stays closed', async () => {
      const server = await start()
      opened = await openTiers(server.url)
      const { guarded, guard } = opened
      await store(guarded, 'k', 'one')
      mkdirSync(join(server.directory, 'dump.rdb'))
      await server.cli('CONFIG', 'SET', 'save', '3600 1')
      await server.cli('BGSAVE')
      await until(async () =>
        (await server.cli('INFO', 'persistence')).includes('rdb_last_bgsave_status:err'),
      )
      expect(await outcomeOf(guarded.remove(['k']))).toBe('refused')
      expect(await outcomeOf(guarded.clear())).toBe('refused')
      expect(await look(guarded, 'k')).toBe('fresh one')
      expect(guard.state).toBe('closed')
    })
  })

  describe('one with a password', () => {
    test.each([
      ['a wrong one', (port: number) => `redis://:wrong@127.0.0.1:${port}`, 'WRONGPASS'],
      ['none', (port: number) => `redis://127.0.0.1:${port}`, 'NOAUTH'],
    ])('%s is known at once, and said once', async (_, url, code) => {
      const server = await start('--requirepass', 'secret')
      const start_ = performance.now()
      opened = beginTiers({ url: url(server.port), connectTimeout: 10_000 })
      expect(await look(opened.guarded, 'k')).toBe('connection')
      expect(performance.now() - start_).toBeLessThan(2_000)
      await expect(opened.guarded.read('k')).rejects.toThrow(code)
      expect(opened.tiers.link.reason()).toContain(code)
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      const said = opened.events.filter((event) => event.type === 'connection')
      expect(said).toHaveLength(1)
      expect(JSON.stringify(said)).not.toContain('wrong@')
    })

    test('the right one works, and one that is taken away is an outage', async () => {
      const server = await start('--requirepass', 'se%cr@t')
      const url = `redis://:${encodeURIComponent('se%cr@t')}@127.0.0.1:${server.port}`
      opened = await openTiers(url)
      await store(opened.guarded, 'k', 'one')
      expect(await look(opened.guarded, 'k')).toBe('fresh one')
      const auth = ['-a', 'se%cr@t', '--no-auth-warning']
      await server.cli(...auth, 'CONFIG', 'SET', 'requirepass', 'other')
      await server.cli('-a', 'other', '--no-auth-warning', 'CLIENT', 'KILL', 'TYPE', 'normal')
      await until(() => opened.tiers.link.reason()?.includes('WRONGPASS'))
      expect(await look(opened.guarded, 'k')).toBe('connection')
    })
  })

  describe('one whose user may not ask the time', () => {
    test('is not used, and why is said', async () => {
      const server = await start()
      await server.cli('ACL', 'SETUSER', 'limited', 'on', '>pw', '~*', '&*', '+@all', '-time')
      const url = `redis://limited:pw@127.0.0.1:${server.port}`
      opened = beginTiers({ url, connectTimeout: 10_000 })
      expect(await look(opened.guarded, 'k')).toBe('connection')
      expect(opened.tiers.link.reason()).toMatch(/NOPERM.*time/)
    })
  })

  describe('one whose user may only read', () => {
    test('is read; writes are refused', async () => {
      const server = await start()
      const rights = ['~*', '&*', '+@read', '+@connection', '+time', '+info']
      await server.cli('ACL', 'SETUSER', 'reader', 'on', '>pw', ...rights)
      const writer = await openTiers(server.url)
      await store(writer.guarded, 'k', 'one')
      await writer.close()
      opened = await openTiers(`redis://reader:pw@127.0.0.1:${server.port}`)
      expect(await look(opened.guarded, 'k')).toBe('fresh one')
      expect(await outcomeOf(opened.guarded.remove(['k']))).toBe('refused')
      expect(await outcomeOf(opened.guarded.stampsOf(['t'], 1_000))).toBe('refused')
      expect(opened.guard.state).toBe('closed')
    })
  })
})
