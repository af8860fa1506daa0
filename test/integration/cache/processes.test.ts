import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CacheOptions } from '../../../src/index.js'
import { CacheProcess, type LoadAnswer } from '../../support/cache-process.js'
import { freshNamespace, PATIENT } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('four processes on one Redis', () => {
  const namespace = freshNamespace()
  let server: RedisServer
  let processes: CacheProcess[]

  beforeAll(async () => {
    server = await startRedis()
    processes = await Promise.all([1, 2, 3, 4].map(() => start()))
  })
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.close()))
    await server.close()
  })

  function start(options: CacheOptions = {}): Promise<CacheProcess> {
    const redis = { url: server.url, ...PATIENT }
    return CacheProcess.start({ namespace, redis, ttl: '5m', ...options })
  }

  /** Loads that ran in all of them while `work` did. */
  async function loadsDuring(work: () => Promise<unknown>): Promise<number> {
    const loads = async () => {
      const all = await Promise.all(processes.map((one) => one.stats()))
      return all.reduce((sum, stats) => sum + stats.loads, 0)
    }
    const before = await loads()
    await work()
    return (await loads()) - before
  }

  /** They have begun to read, and had the time to find out that somebody else loads. */
  async function asked(who: readonly CacheProcess[], key: string): Promise<void> {
    await Promise.all(who.map((one) => one.peek(key)))
    await sleep(300)
  }

  const exists = async (key: string) =>
    (await server.cli('EXISTS', `s1:${namespace}:e:{${key}}`)) === '1'
  const valuesOf = (answers: readonly LoadAnswer[]) =>
    answers.map(({ reading, error }) => reading?.value ?? error?.name)

  describe('a load', () => {
    it('runs once for a cold key, whoever asks', async () => {
      let answers: LoadAnswer[] = []
      const loads = await loadsDuring(async () => {
        const all = processes.map((one, i) =>
          one.load('cold', { value: `of ${i}`, ms: 500 }, { callers: 250 }),
        )
        answers = (await Promise.all(all)).flat()
      })
      expect(loads).toBe(1)
      expect(answers).toHaveLength(1_000)
      expect(new Set(valuesOf(answers)).size).toBe(1)
      // in one process it was loaded, in three it was brought
      const loaded = answers.filter(({ reading }) => reading?.tier === 'loader')
      expect(loaded).toHaveLength(250)
      expect(loaded.filter(({ reading }) => reading?.collapsed === false)).toHaveLength(1)
      for (const { reading } of answers) expect(reading?.outcome).toBe('miss')
    })

    it('whose process is killed is made up for by one other', async () => {
      const lease = { ttl: 1_000 }
      const victim = await start()
      const lost = victim.load('orphan', { value: 'never', gate: 'never' }, { lease })
      const isLost = expect(lost).rejects.toThrow('SIGKILL')
      await until(() => exists('orphan'))
      let answers: LoadAnswer[] = []
      let begun = 0
      const loads = await loadsDuring(async () => {
        const all = processes.map((one) =>
          one.load('orphan', { value: 'made up', ms: 100 }, { callers: 100, lease }),
        )
        await asked(processes, 'orphan')
        begun = performance.now()
        await victim.kill()
        answers = (await Promise.all(all)).flat()
      })
      // lease.ttl and the load; the rest is for a busy machine
      expect(performance.now() - begun).toBeLessThan(1_100 + 4_000)
      await isLost
      expect(loads).toBe(1)
      expect(valuesOf(answers)).toEqual(Array.from({ length: 400 }, () => 'made up'))
    })

    it('that fails is tried once: all who waited are told', async () => {
      const [first, ...others] = processes as [CacheProcess, ...CacheProcess[]]
      const fail = { message: 'the table is locked', code: '55P03' }
      let answers: LoadAnswer[][] = []
      const loads = await loadsDuring(async () => {
        const own = first.load('failing', { fail, gate: 'failing' }, { callers: 50 })
        await until(() => exists('failing'))
        const theirs = others.map((one) => one.load('failing', { value: 1 }, { callers: 50 }))
        await asked(others, 'failing')
        await first.open('failing')
        answers = await Promise.all([own, ...theirs])
      })
      expect(loads).toBe(1)
      const [own = [], ...theirs] = answers
      expect(new Set(own.map(({ error }) => error?.message))).toEqual(new Set([fail.message]))
      for (const { error } of theirs.flat()) {
        expect(error).toEqual({
          name: 'RemoteLoadError',
          code: 'STRATA_REMOTE_LOAD',
          message: 'another process failed to load "failing": Error',
        })
      }
      // whoever comes later tries again
      const [later] = await first.load('failing', { value: 'recovered' })
      expect(later?.reading).toMatchObject({ value: 'recovered', tier: 'loader' })
    })

    it('that fails says why where the caches may share it', async () => {
      const pair = await Promise.all([1, 2].map(() => start({ shareErrorMessages: true })))
      const [first, second] = pair as [CacheProcess, CacheProcess]
      const fail = { message: 'the table is locked' }
      const own = first.load('telling', { fail, gate: 'telling' })
      await until(() => exists('telling'))
      const theirs = second.load('telling', { value: 1 })
      await asked([second], 'telling')
      await first.open('telling')
      expect((await own)[0]?.error?.message).toBe('the table is locked')
      expect((await theirs)[0]?.error?.message).toContain('the table is locked')
      await Promise.all(pair.map((one) => one.close()))
    })
  })

  describe('an invalidation in one process', () => {
    type Act = (one: CacheProcess) => Promise<unknown>
    const acts: [string, Act, unknown][] = [
      ['delete', (one) => one.delete('k'), undefined],
      ['a tag', (one) => one.invalidateTags(['t']), undefined],
      ['a tag, softly', (one) => one.invalidateTags(['t'], { soft: true }), undefined],
      ['expire', (one) => one.expire('k'), undefined],
      ['clear', (one) => one.clear(), undefined],
      ['set', (one) => one.set('k', 'set', { tags: ['t'] }), 'set'],
    ]

    /** Nobody has it any more: the others have heard of it as well. */
    async function forget(): Promise<void> {
      await processes[0]?.delete('k')
      for (const one of processes) await expect.poll(() => one.peek('k')).toBeUndefined()
    }

    /** Everybody has it in memory. */
    async function warm(): Promise<void> {
      await forget()
      for (const one of processes) {
        await one.load('k', { value: 'old' }, { tags: ['t'], grace: '1m' })
        expect(await one.peek('k')).toBe('old')
      }
    }

    it.each(acts)('leaves the memory of all: %s', async (_, act, after) => {
      const [first, ...others] = processes as [CacheProcess, ...CacheProcess[]]
      await warm()
      expect(await act(first)).toBe('applied')
      for (const other of others) await expect.poll(() => other.peek('k')).toBeUndefined()
      for (const one of processes) expect((await one.read('k')).value).toBe(after)
    })

    it.each(acts)('overtakes a load in another: %s', async (title, act, after) => {
      const [first, second, third] = processes as [CacheProcess, CacheProcess, CacheProcess]
      const gate = `overtaken by ${title}`
      await forget()
      const loading = second.load('k', { value: 'old', gate }, { tags: ['t'] })
      await until(() => exists('k'))
      expect(await act(first)).toBe('applied')
      await second.open(gate)
      const [answer] = await loading
      expect(answer?.reading).toMatchObject({ value: 'old', revoked: true })
      for (const one of processes) {
        expect(await one.peek('k')).toBe(one === first ? after : undefined)
        expect((await one.read('k')).value).toBe(after)
      }
      const [later] = await third.load('k', { value: 'new' }, { tags: ['t'] })
      expect(later?.reading?.value).toBe(after ?? 'new')
    })

    it('a load by force takes the place of what all have', async () => {
      const [first, ...others] = processes as [CacheProcess, ...CacheProcess[]]
      await warm()
      const [forced] = await first.load('k', { value: 'forced' }, { force: true })
      expect(forced?.reading).toMatchObject({ value: 'forced', outcome: 'bypass' })
      for (const other of others) {
        await expect.poll(async () => (await other.read('k', 'loaded')).value).toBe('forced')
      }
    })
  })

  it('each knows that it hears the others', async () => {
    for (const one of processes) {
      const { bus } = await one.stats()
      expect(bus).toMatchObject({ transport: 'publish', coherent: true, reason: undefined })
      expect(bus.epoch).toBeGreaterThan(0)
      expect(bus.lastProofAt).toBeGreaterThan(Date.now() - 10_000)
      expect(bus.lastProofAt).toBeLessThanOrEqual(Date.now() + 1)
      expect(bus.lag).toBeGreaterThan(0)
      expect(bus.lag).toBeLessThan(1_000)
    }
  })
})
