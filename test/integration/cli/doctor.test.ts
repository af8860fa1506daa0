import { afterEach, expect, it } from 'vitest'
import { diagnoseRedis } from '../../../src/create-cache.js'
import { describeRedis, freePort, startRedis, until } from '../../support/redis-server.js'
import { StrataProcess } from '../../support/strata-process.js'

interface Finding {
  readonly what: string
  readonly verdict: string
  readonly says: string
}

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

async function redisWith(...args: string[]) {
  const redis = await startRedis({ args })
  open.push(redis)
  return redis
}

async function doctor(url: string) {
  const { code, stdout, stderr } = await StrataProcess.run(['doctor', '--redis', url, '--json'])
  expect(stderr).toBe('')
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: readonly Finding[] }
  expect(code).toBe(ok ? 0 : 1)
  return { code, of: (what: string) => findings.find((one) => one.what === what) }
}

/** The rights that the documentation tells to give. */
const RIGHTS =
  'resetkeys ~s1:strata:* ~s1:strata.* resetchannels &s1:strata:* -@all +mget +get +set +del +eval +evalsha +getrange +setrange +pttl +pexpire +publish +subscribe +time +ping +info +client|setname'

describeRedis('strata doctor', () => {
  it('finds nothing that fails with a good Redis, and leaves nothing there', async () => {
    const redis = await redisWith('--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru')
    const { code, of } = await doctor(redis.url)
    expect(code).toBe(0)
    for (const what of ['redis version', 'redis permissions', 'redis writes', 'redis memory']) {
      expect([what, of(what)?.verdict]).toEqual([what, 'ok'])
    }
    expect(of('maxmemory-policy')).toMatchObject({ verdict: 'ok', says: 'allkeys-lru' })
    expect(await redis.cli('DBSIZE')).toBe('0')
  })

  it('takes the documented rights for enough, and names each that is missing', async () => {
    const redis = await redisWith()
    const url = `redis://shop:secret@127.0.0.1:${redis.port}`
    await redis.cli('ACL', 'SETUSER', 'shop', 'on', '>secret', ...RIGHTS.split(' '))
    expect((await doctor(url)).of('redis permissions')).toMatchObject({ verdict: 'ok' })

    const rights = RIGHTS.split(' ').filter((word) => word.startsWith('+'))
    for (const right of rights) {
      await redis.cli('ACL', 'SETUSER', 'shop', `-${right.slice(1)}`)
      expect((await diagnoseRedis(url, 'strata')).missing).toContain(
        right === '+subscribe' ? 'subscribe to s1:strata:h:doctor' : right.slice(1),
      )
      await redis.cli('ACL', 'SETUSER', 'shop', right)
    }
    expect((await diagnoseRedis(url, 'strata')).missing).toEqual([])
  })

  it('says of a channel that is not allowed', async () => {
    const redis = await redisWith()
    const rights = [...RIGHTS.split(' '), 'resetchannels']
    await redis.cli('ACL', 'SETUSER', 'shop', 'on', '>secret', ...rights)
    const { code, of } = await doctor(`redis://shop:secret@127.0.0.1:${redis.port}`)
    expect(code).toBe(1)
    expect(of('redis permissions')?.says).toMatch(/publish, subscribe to s1:strata:h:doctor/)
  })

  it('says of a wrong password, in the words of Redis', async () => {
    const redis = await redisWith('--requirepass', 'right')
    const { code, of } = await doctor(`redis://:wrong@127.0.0.1:${redis.port}`)
    expect(code).toBe(1)
    expect(of('redis')).toMatchObject({
      verdict: 'fail',
      says: expect.stringMatching(/^WRONGPASS/),
    })
    expect((await doctor(redis.url)).of('redis')?.says).toMatch(/^NOAUTH/)
  })

  it('says of a Redis that is full, one that is a replica, and one that is none', async () => {
    const full = await redisWith('--maxmemory', '1', '--maxmemory-policy', 'noeviction')
    const seen = await doctor(full.url)
    expect(seen.of('redis writes')).toMatchObject({
      verdict: 'fail',
      says: expect.stringMatching(/^OOM/),
    })

    const master = await redisWith()
    const replica = await redisWith('--replicaof', '127.0.0.1', `${master.port}`)
    await until(async () =>
      (await replica.cli('INFO', 'replication')).includes('master_link_status:up'),
    )
    expect((await doctor(replica.url)).of('redis role')).toMatchObject({ verdict: 'fail' })
    expect((await doctor(master.url)).of('min-replicas-to-write')).toMatchObject({
      verdict: 'warn',
    })

    const nobody = await doctor(`redis://127.0.0.1:${await freePort()}`)
    expect(nobody.code).toBe(1)
    expect(nobody.of('redis')?.says).toContain('ECONNREFUSED')
  })

  it('says of a node of a Cluster what a Cluster needs', async () => {
    const redis = await redisWith('--cluster-enabled', 'yes', '--cluster-node-timeout', '40000')
    const { of } = await doctor(redis.url)
    expect(of('redis mode')).toMatchObject({ verdict: 'warn' })
    expect(of('cluster-node-timeout')).toMatchObject({ verdict: 'warn', says: '40000 ms' })
    expect(of('redis permissions')).toMatchObject({ verdict: 'ok' })
  })
})
