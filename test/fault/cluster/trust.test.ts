import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { ownsSlot, parseMasters } from '../../../src/redis/cluster-nodes.js'
import { slotOf, tagsIn } from '../../../src/redis/cluster-slot.js'
import { openStation, type Station } from '../../support/bus-station.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { ownerOf } from '../../support/cluster-faults.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { isMaster, type RedisCluster, startCluster } from '../../support/redis-cluster.js'
import { describeRedis, type RedisServer, until } from '../../support/redis-server.js'
import { beginMove } from '../../support/slot-move.js'

/** Milliseconds. */
const MAX_STALENESS = 2_000

vi.setConfig({ testTimeout: 120_000 })

describeRedis('memory in a Cluster', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  const stations: Station[] = []
  let cluster: RedisCluster

  afterEach(async () => {
    for (const server of cluster.members) server.cont()
    await Promise.all(stations.splice(0).map((station) => station.close()))
    await caches.close()
    await watch.end()
    await cluster.close()
  })

  const redis = () => ({ cluster: { nodes: cluster.nodes }, ...PATIENT })
  const isCoherent = ({ trust }: Station): boolean => trust.isCoherent(systemClock.now())

  async function station(): Promise<Station> {
    const opened = await openStation(redis(), freshNamespace(), MAX_STALENESS)
    stations.push(opened)
    await until(() => isCoherent(opened), 20_000)
    return opened
  }

  describe('of many masters', () => {
    beforeEach(async () => {
      // so many that the one that knows which slots it gives away is asked too seldom
      cluster = await startCluster({ masters: 7 })
      watch.begin()
    }, 60_000)

    it('stays trusted while a slot that heartbeats go through is held half-way', async () => {
      const { trust, events } = await station()
      const { epoch } = trust
      const [from, to] = cluster.masters as [RedisServer, RedisServer]
      const asked = { host: '', dialled: new Set<string>() }
      const own = parseMasters(await from.cli('CLUSTER', 'NODES'), asked).find(
        ({ port }) => port === from.port,
      )
      const [tag = ''] = tagsIn((slot) => own !== undefined && ownsSlot(own, slot), 1)
      const move = await beginMove(cluster, { slot: slotOf(tag), from, to })
      await sleep(3 * MAX_STALENESS)
      await until(() => isCoherent({ trust } as Station))
      expect(trust.epoch).toBe(epoch)
      expect(events.filter(({ type }) => type === 'not-coherent')).toEqual([])
      await move.finish()
    })
  })

  describe('of three masters', () => {
    beforeEach(async () => {
      cluster = await startCluster()
      watch.begin()
    }, 60_000)

    it('hears of a master that joins, gets its first slot, loses it and leaves', async () => {
      const listener = await station()
      const teller = caches.open({ namespace: 'other', redis: redis() }).cache
      await teller.ready()
      const { epoch } = listener.trust
      const fresh = await cluster.add()
      await until(() => listener.trust.epoch > epoch && isCoherent(listener), 20_000)
      const key = 's1:other:e:{k}'
      const from = await ownerOf(cluster, key)
      const slot = slotOf('k')
      const hearer = caches.open({ namespace: 'other', redis: redis() }).cache
      await until(() => hearer.stats().bus.coherent, 20_000)
      for (const [source, target] of [
        [from, fresh],
        [fresh, from],
      ] as const) {
        await teller.set('k', 'old')
        await until(async () => (await hearer.get('k')) === 'old')
        const move = await beginMove(cluster, { slot, from: source, to: target })
        for (const value of ['half-way', 'most of the way']) {
          await teller.set('k', value)
          await until(async () => (await hearer.get('k')) === value)
          await move.push(1)
        }
        expect(await teller.delete('k')).toBe('applied')
        await until(async () => (await hearer.get('k')) === undefined)
        await move.finish()
        await teller.set('k', 'moved')
        await until(async () => (await hearer.get('k')) === 'moved')
      }
      const before = listener.trust.epoch
      await cluster.remove(fresh)
      await until(() => listener.trust.epoch > before && isCoherent(listener), 20_000)
    })
  })

  describe('of three masters and their replicas', () => {
    beforeEach(async () => {
      cluster = await startCluster({ replicas: true })
      watch.begin()
    }, 120_000)

    it('is trusted again while the master that was replaced still stands still', async () => {
      const { cache } = caches.open({
        namespace: freshNamespace(),
        redis: { cluster: { nodes: cluster.nodes }, timeout: 200, connectTimeout: '20s' },
        coherence: { maxStaleness: MAX_STALENESS },
      })
      await until(() => cache.stats().bus.coherent, 20_000)
      const [master, replica] = [cluster.masters[0], cluster.replicas[0]] as [
        RedisServer,
        RedisServer,
      ]
      const { epoch } = cache.stats().bus
      master.stop()
      const stoppedAt = performance.now()
      await until(() => isMaster(replica), 40_000)
      let i = 0
      await until(async () => {
        await cache.get(`k${i++}`, () => i) // traffic finds out what is gone
        return cache.stats().bus.coherent && cache.stats().bus.epoch > epoch
      }, 40_000)
      process.stdout.write(`trusted again after ${Math.round(performance.now() - stoppedAt)} ms\n`)
      master.cont()
      await until(async () => !(await isMaster(master)), 40_000)
      await until(() => cache.stats().bus.coherent, 20_000)
      await until(async () => (await cache.set('k', 1)) === 'applied', 20_000)
    })
  })
})
