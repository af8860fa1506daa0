import { describe, expect, it } from 'vitest'
import { memoryFinding, nativeFinding, nodeFinding } from '../../../src/cli/local-findings.js'
import { redisFindings } from '../../../src/cli/redis-findings.js'
import type { RedisFacts } from '../../../src/redis/redis-facts.js'

const GOOD: RedisFacts = {
  product: 'redis',
  version: '6.2.0',
  mode: 'standalone',
  role: 'master',
  replicas: 0,
  policy: 'allkeys-lru',
  maxMemory: 2 ** 30,
  usedMemory: 2 ** 20,
  latency: { median: 0.2, worst: 1 },
  clock: { low: -0.5, high: 0.5 },
  missing: [],
  unwritable: undefined,
  minReplicasToWrite: undefined,
  clusterNodeTimeout: undefined,
}

describe('redisFindings', () => {
  it('finds nothing wrong with a good one', () => {
    expect(redisFindings(GOOD).filter(({ verdict }) => verdict !== 'ok')).toEqual([])
  })

  it.each<[string, Partial<RedisFacts>, string, 'warn' | 'fail']>([
    ['an old one', { version: '6.0.16' }, 'redis version', 'fail'],
    ['a very old one', { version: '5.0.7' }, 'redis version', 'fail'],
    ['one that tells no version', { version: undefined }, 'redis version', 'warn'],
    ['a Sentinel', { mode: 'sentinel' }, 'redis mode', 'fail'],
    ['a node of a Cluster', { mode: 'cluster', clusterNodeTimeout: 1 }, 'redis mode', 'warn'],
    [
      'a slow Cluster',
      { mode: 'cluster', clusterNodeTimeout: 60_000 },
      'cluster-node-timeout',
      'warn',
    ],
    ['a secretive Cluster', { mode: 'cluster' }, 'cluster-node-timeout', 'warn'],
    ['a replica', { role: 'slave' }, 'redis role', 'fail'],
    ['no permission', { missing: ['publish'] }, 'redis permissions', 'fail'],
    ['no permission to write', { missing: ['set'] }, 'redis writes', 'fail'],
    ['a full one', { unwritable: 'OOM command not allowed' }, 'redis writes', 'fail'],
    ['noeviction', { policy: 'noeviction' }, 'maxmemory-policy', 'warn'],
    ['random eviction', { policy: 'allkeys-random' }, 'maxmemory-policy', 'warn'],
    ['no bound of memory', { maxMemory: 0 }, 'redis memory', 'warn'],
    ['over its bound', { usedMemory: 2 ** 31, policy: 'noeviction' }, 'redis memory', 'fail'],
    ['far away', { latency: { median: 30, worst: 90 } }, 'redis latency', 'warn'],
    ['out of reach', { latency: { median: 150, worst: 200 } }, 'redis latency', 'fail'],
    ['a clock ahead', { clock: { low: 5_000, high: 5_001 } }, 'clock', 'warn'],
    ['a clock behind', { clock: { low: -5_001, high: -5_000 } }, 'clock', 'warn'],
    [
      'replicas that none waits for',
      { replicas: 2, minReplicasToWrite: 0 },
      'min-replicas-to-write',
      'warn',
    ],
  ])('%s: %j', (_, facts, what, verdict) => {
    const bad = redisFindings({ ...GOOD, ...facts }).filter((one) => one.verdict !== 'ok')
    expect(bad.map((one) => [one.what, one.verdict])).toContainEqual([what, verdict])
    for (const one of bad) expect(one.advice, one.what).toMatch(/\w/)
  })

  it.each(['volatile-lru', 'volatile-ttl', 'allkeys-lfu'])('has nothing against %s', (policy) => {
    expect(redisFindings({ ...GOOD, policy }).every(({ verdict }) => verdict === 'ok')).toBe(true)
  })
})

describe('local findings', () => {
  it.each([
    ['20.18.3', 'fail'],
    ['18.20.0', 'fail'],
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
  ])('Node %s: %s', (version, verdict) => {
    expect(nodeFinding(version).verdict).toBe(verdict)
  })

  it('no addon is a warning', () => {
    expect(nativeFinding('no addon for x').verdict).toBe('warn')
    expect(nativeFinding(undefined).verdict).toBe('ok')
  })

  const GB = 2 ** 30
  it.each([
    [4 * GB, 16 * GB, 0, 'ok'],
    [4 * GB, 16 * GB, 2 ** 63, 'ok'],
    [4 * GB, 16 * GB, 2 * GB, 'warn'],
    [1 * GB, 16 * GB, 2 * GB, 'ok'],
  ])('a heap of %d of %d bytes, bound %d: %s', (heap, total, bound, verdict) => {
    expect(memoryFinding(heap, total, bound).verdict).toBe(verdict)
  })
})
