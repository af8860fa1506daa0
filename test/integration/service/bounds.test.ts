import { afterEach, describe, expect, test } from 'vitest'
import { DataService, PLAIN, withQuota } from '../../support/data-service.js'

let service: DataService | undefined
afterEach(async () => {
  await service?.close()
  service = undefined
})

async function opened(settings: Partial<DataService['settings']>): Promise<DataService> {
  return (service = await DataService.open({ settings }))
}

const TEXT = { 'content-type': 'text/plain' }

describe('a quota', () => {
  test('of entries is that of its namespace alone, and of those that are there', async () => {
    const { put, ask, post } = bound(
      await opened({ namespaces: new Map([['shop', withQuota({ entries: 2 })]]) }),
    )
    expect((await put('/v1/shop/a', 1)).status).toBe(204)
    expect((await put('/v1/shop/b', 1)).status).toBe(204)
    const over = await put('/v1/shop/c', 1)
    expect(over.status).toBe(507)
    expect(await over.json()).toMatchObject({
      type: 'https://strata-cache.dev/problems/quota-exceeded',
    })
    expect((await ask('/v1/shop/c')).status).toBe(404)
    expect((await put('/v1/shop/a', 2)).status).toBe(204)
    for (const key of ['a', 'b', 'c']) expect((await put(`/v1/food/${key}`, 1)).status).toBe(204)
    await ask('/v1/shop/a', { method: 'DELETE' })
    expect((await put('/v1/shop/c', 1)).status).toBe(204)
    await post('/v1/shop/_purge', { keys: ['c'] })
    expect((await put('/v1/shop/d', 1, { 'cache-tag': 't' })).status).toBe(204)
    await post('/v1/shop/_purge', { tags: ['t'] })
    expect((await put('/v1/shop/e', 1)).status).toBe(204)
    const batch = await post('/v1/shop/_set', {
      entries: [
        { key: 'f', value: 1 },
        { key: 'e', value: 2 },
      ],
    })
    expect(await batch.json()).toMatchObject({
      stored: 1,
      errors: [{ key: 'f', problem: 'quota-exceeded' }],
    })
    await post('/v1/shop/_purge', { all: true })
    for (const key of ['g', 'h']) expect((await put(`/v1/shop/${key}`, 1)).status).toBe(204)
  })

  test('knows of the value that is there, whatever became of writes that were refused meanwhile', async () => {
    const { put } = bound(
      await opened({ namespaces: new Map([['shop', withQuota({ bytes: 100 })]]) }),
    )
    expect((await put('/v1/shop/a', 'x'.repeat(90), TEXT)).status).toBe(204)
    const refused = await Promise.all(
      Array.from({ length: 20 }, () =>
        put('/v1/shop/a', '', { ...TEXT, 'if-match': '"x"', 'cache-control': 'max-age=1' }),
      ),
    )
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([412]))
    expect((await put('/v1/shop/b', 'x'.repeat(50), TEXT)).status).toBe(507)
  })

  test('of bytes counts keys and values as they came', async () => {
    const { put } = bound(
      await opened({ namespaces: new Map([['shop', withQuota({ bytes: 100 })]]) }),
    )
    expect((await put('/v1/shop/a', 'x'.repeat(50), TEXT)).status).toBe(204)
    expect((await put('/v1/shop/b', 'x'.repeat(49), TEXT)).status).toBe(507)
    expect((await put('/v1/shop/b', 'x'.repeat(48), TEXT)).status).toBe(204)
    expect((await put('/v1/shop/a', 'x'.repeat(51), TEXT)).status).toBe(507)
    expect((await put('/v1/shop/a', '', TEXT)).status).toBe(204)
    expect((await put('/v1/shop/c', 'x'.repeat(49), TEXT)).status).toBe(204)
  })

  test('does not count what was not stored', async () => {
    const { put, ask } = bound(
      await opened({ namespaces: new Map([['shop', withQuota({ entries: 1 })]]) }),
    )
    expect((await put('/v1/shop/a', 1, { 'if-match': '*' })).status).toBe(412)
    expect((await put('/v1/shop/b', '['.repeat(300) + ']'.repeat(300))).status).toBe(422)
    expect((await put('/v1/shop/c', 1, { 'strata-lease': 'none' })).status).toBe(409)
    expect((await put('/v1/shop/d', 1)).status).toBe(204)
    expect((await put('/v1/shop/d', 1, { 'if-match': '"other"' })).status).toBe(412)
    expect((await put('/v1/shop/e', 1)).status).toBe(507)
    await put('/v1/shop/d', 1, { 'cache-control': 'max-age=0' })
    expect((await ask('/v1/shop/d')).status).toBe(404)
    expect((await put('/v1/shop/e', 1)).status).toBe(204)
  })

  test('holds for one account on both listeners, and when it is changed', async () => {
    const one = await opened({ namespaces: new Map([['shop', withQuota({ entries: 1 })]]) })
    const { put } = bound(one)
    await put('/v1/shop/a', 1)
    const other = await one.ask('/v1/shop/b', { method: 'PUT', body: 'x' }, 1)
    expect(other.status).toBe(507)
    one.settings = { ...one.settings, namespaces: new Map([['shop', withQuota({ entries: 2 })]]) }
    one.mount(true)
    await one.settled()
    expect((await put('/v1/shop/b', 1)).status).toBe(204)
  })
})

describe('a bound', () => {
  test('of values and keys is the narrower one', async () => {
    const { put, ask, post } = bound(
      await opened({
        maxValue: 2_000,
        maxKey: 20,
        namespaces: new Map([['shop', withQuota({ maxValue: 100, maxKey: 10 })]]),
      }),
    )
    expect((await put('/v1/shop/a', 'x'.repeat(100), TEXT)).status).toBe(204)
    const large = await put('/v1/shop/a', 'x'.repeat(101), TEXT)
    expect(large.status).toBe(413)
    expect((await put('/v1/food/a', 'x'.repeat(2_000), TEXT)).status).toBe(204)
    expect((await put('/v1/food/a', 'x'.repeat(2_001), TEXT)).status).toBe(413)
    expect((await put(`/v1/shop/${'k'.repeat(10)}`, 1)).status).toBe(204)
    for (const path of [
      `/v1/shop/${'k'.repeat(11)}`,
      `/v1/food/${'k'.repeat(21)}`,
      `/v1/food/${'%C3%BC'.repeat(11)}`,
    ]) {
      expect([path, (await put(path, 1)).status]).toEqual([path, 414])
      expect([path, (await ask(path)).status]).toEqual([path, 414])
    }
    const batch = await post('/v1/shop/_set', { entries: [{ key: 'a', value: 'x'.repeat(99) }] })
    expect(await batch.json()).toMatchObject({ errors: [{ problem: 'too-large' }] })
  })

  test('of the body is changed with the configuration', async () => {
    const one = await opened({ maxValue: 2_000 })
    const { put } = bound(one)
    expect((await put('/v1/shop/a', 'x'.repeat(3_000), TEXT)).status).toBe(413)
    one.settings = { ...one.settings, maxValue: 4_000 }
    one.mount(true)
    await one.settled()
    expect((await put('/v1/shop/a', 'x'.repeat(3_000), TEXT)).status).toBe(204)
    expect(await (await one.ask('/v1/shop/a')).text()).toHaveLength(3_000)
  })

  test('holds for namespaces: so many, and perhaps only those that are named', async () => {
    const one = await opened({ maxNamespaces: 2 })
    const { put, ask } = bound(one)
    await put('/v1/a/x', 1)
    await put('/v1/b/x', 1)
    for (const answer of [await put('/v1/c/x', 1), await ask('/v1/c/x')]) {
      expect(answer.status).toBe(507)
      expect(await answer.json()).toMatchObject({
        type: 'https://strata-cache.dev/problems/too-many-namespaces',
      })
    }
    expect((await put('/v1/a/y', 1)).status).toBe(204)
    one.settings = { ...one.settings, otherNamespaces: false, namespaces: new Map([['a', PLAIN]]) }
    expect((await ask('/v1/a/x')).status).toBe(200)
    expect((await put('/v1/b/x', 1)).status).toBe(404)
  })

  test('those that are named have their places, whoever else came before them', async () => {
    const namespaces = new Map([['shop', PLAIN]])
    const { put, ask } = bound(await opened({ maxNamespaces: 3, namespaces }))
    const statuses: number[] = []
    for (const name of ['a', 'b', 'c']) statuses.push((await ask(`/v1/${name}/x`)).status)
    expect(statuses).toEqual([404, 404, 507])
    expect((await put('/v1/shop/x', 1)).status).toBe(204)
    expect((await put('/v1/b/x', 1)).status).toBe(204)
  })

  test.each([
    '/v1/_a/x',
    '/v1/a%20b/x',
    `/v1/${'n'.repeat(65)}/x`,
    '/v1/%C3%BC/x',
    `/v1/${'n'.repeat(60)}/x`,
  ])('%s is in no namespace', async (path) => {
    const { put, ask } = bound(await opened({}))
    for (const answer of [await put(path, 1), await ask(path)]) {
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({
        type: 'https://strata-cache.dev/problems/bad-namespace',
      })
    }
  })

  test('keeps the namespace of responses for those who make them', async () => {
    const { put, post, ask } = bound(await opened({}))
    expect((await put('/v1/http/a', 1)).status).toBe(400)
    const entries = [{ key: 'a', value: 1 }]
    expect((await post('/v1/http/_set', { entries })).status).toBe(400)
    expect((await ask('/v1/http/a')).status).toBe(404)
    const lent = await ask('/v1/http/a?lease=1m')
    expect([lent.status, lent.headers.get('strata-lease')]).toEqual([400, null])
  })

  test.each(['/v1/shop/_x', '/v1/shop/_get', '/v1/shop/%5Fx'])('%s is reserved', async (path) => {
    const { put, ask } = bound(await opened({}))
    for (const answer of [await put(path, 1), await ask(path)]) {
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({
        type: 'https://strata-cache.dev/problems/bad-key',
      })
    }
  })

  test.each([
    '/v1/shop//a',
    '/v1/shop/a//b',
    '/v1/shop/a/',
    '/v1/shop/..a',
    '/v1/shop/a;b=c',
    '/v1/shop/%E2%82%AC',
  ])('%s is a key', async (path) => {
    const one = await opened({})
    expect((await one.put(path, 1)).status).toBe(204)
    expect((await one.ask(path)).status).toBe(200)
    const key = decodeURIComponent(path.slice('/v1/shop/'.length))
    expect(await one.cache.namespace('shop').get(key)).toBe(1)
  })
})

function bound(one: DataService): Pick<DataService, 'put' | 'ask' | 'post'> {
  return {
    put: (...given) => one.put(...given),
    ask: (...given) => one.ask(...given),
    post: (...given) => one.post(...given),
  }
}
