import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../../../src/client/index.js'
import { patientConfig } from '../../support/patient-config.js'
import { describeRedis, startRedis } from '../../support/redis-server.js'
import { StrataProcess } from '../../support/strata-process.js'

interface Place {
  readonly service: StrataProcess
  readonly url: string
  readonly env: Record<string, string>
}

async function serve(...args: string[]): Promise<Place> {
  const service = new StrataProcess(['serve', '--port', '0', '--admin-port', '0', ...args])
  const { data, admin } = await service.listening()
  const url = `http://127.0.0.1:${data}`
  return { service, url, env: { STRATA_URL: url, STRATA_ADMIN_URL: `http://127.0.0.1:${admin}` } }
}

describe('watching a service', () => {
  let place: Place

  beforeAll(async () => {
    place = await serve()
  })

  afterAll(async () => {
    await place.service.kill()
  })

  const strata = (...args: string[]) => StrataProcess.run(args, { env: place.env })

  it('tail tells each read as it happens, and only what was asked for', async () => {
    const client = createClient({ url: place.url, namespace: 'shop' })
    const watched = new StrataProcess(
      ['tail', '--outcome', 'miss', '-n', 'shop', '--prefix', 'post:'],
      { env: place.env },
    )
    try {
      // the first read may come before it listens
      let asked = 0
      const lines = () => watched.stdout.split('\n').filter((line) => line !== '')
      while (lines().length === 0) {
        await client.get(`post:${asked++}`)
        await client.get('other')
        await createClient({ url: place.url, namespace: 'eu' }).get('post:1')
      }
      await client.set('post:there', 1)
      await client.get('post:there')
      await client.get('post:\u001b[31m')
      await watched.until(() => (watched.stdout.includes('[31m') ? true : undefined))
      for (const line of lines()) {
        expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} miss {3}- {6}shop post:(\d+|\\u001b\[31m)$/)
      }
    } finally {
      await watched.kill()
    }
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'tail ends with the service by %s, as code 3',
    async (signal) => {
      const other = await serve()
      const watched = new StrataProcess(['tail', '--json'], { env: other.env })
      try {
        const client = createClient({ url: other.url, namespace: 'shop' })
        while (watched.stdout === '') await client.get('k')
        expect(JSON.parse(watched.stdout.split('\n')[0] ?? '')).toMatchObject({
          namespace: 'shop',
          key: 'k',
          outcome: 'miss',
          count: 1,
        })
        other.service.signal(signal)
        expect(await watched.ended).toBe(3)
        expect(watched.stderr).toMatch(/^strata: (nothing listens on|.* cannot be reached)/)
      } finally {
        await watched.kill()
        await other.service.kill()
      }
    },
  )

  it('top looks once without a terminal, and tells JSON line by line', async () => {
    const client = createClient({ url: place.url, namespace: 'seen' })
    await client.set('k', 1)
    await client.get('k')
    const { code, stdout, stderr } = await strata('top', '--interval', '200ms')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^strata \S+, up /)
    expect(stdout).toMatch(/^seen +\d/m)
    expect(stdout).not.toContain('\u001b')

    const watched = new StrataProcess(['top', '--json', '--interval', '200ms'], { env: place.env })
    try {
      await watched.until(() => (watched.stdout.split('\n').length > 2 ? true : undefined))
      const views = watched.stdout
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line) as object)
      for (const view of views) expect(view).toMatchObject({ redis: { state: 'none' } })
    } finally {
      await watched.kill()
    }
  })

  it('bench asks for a key of its own, and leaves nothing', async () => {
    const { code, stdout } = await strata(
      'bench',
      '--duration',
      '1s',
      '--connections',
      '4',
      '--json',
    )
    const result = JSON.parse(stdout) as { requests: number; statuses: object; errors: number }
    expect(result.requests).toBeGreaterThan(10)
    expect(result).toMatchObject({ statuses: { 200: result.requests }, errors: 0 })
    expect(code).toBe(0)
    const { stdout: top } = await strata('top', '--once', '--interval', '200ms', '--json')
    const { hotKeys } = JSON.parse(top) as { hotKeys: { key: string }[] }
    const own = hotKeys.find(({ key }) => key.startsWith('strata-bench-'))?.key ?? ''
    expect(own).not.toBe('')
    expect((await strata('get', own)).code).toBe(1)
  })

  it.each([
    [['bench', 'nothing-there'], 1],
    [['bench', '--connections', '0'], 2],
    [['bench', '--duration', '10ms'], 2],
    [['top', '--interval', '1ms'], 2],
    [['tail', '--outcome', 'nonsense'], 4],
    [['warm', '/nowhere/at/all'], 2],
  ])('%j is code %d', async (args, code) => {
    expect(await strata(...args)).toMatchObject({ code, stdout: '' })
  })
})

describeRedis('strata warm', () => {
  it('brings keys from Redis into the memory of a service', async () => {
    const redis = await startRedis()
    const config = patientConfig(redis.url)
    const [one, other] = [
      await serve('--config', config.path),
      await serve('--config', config.path),
    ]
    try {
      const client = createClient({ url: one.url, namespace: 'shop', timeout: '20s' })
      await client.setMany([
        { key: 'a', value: 1 },
        { key: 'b/c', value: 2 },
      ])
      const warm = new StrataProcess(['warm', '-', '-n', 'shop', '--json'], { env: other.env })
      warm.child.stdin.end('a\nb/c\n\nnobody\n/v1/shop/a\n/v1/shop/nobody\n')
      expect(await warm.ended).toBe(1)
      expect(JSON.parse(warm.stdout)).toEqual({ warmed: 3, absent: 1, failed: 1 })
      const inspected = await StrataProcess.run(['inspect', 'b/c', '-n', 'shop', '--json'], {
        env: other.env,
      })
      // trusted or not, which depends on how busy the machine is
      expect(JSON.parse(inspected.stdout)).toMatchObject({ outcome: 'hit', memory: { tags: [] } })
    } finally {
      await one.service.kill()
      await other.service.kill()
      await redis.close()
      config.remove()
    }
  })
})
