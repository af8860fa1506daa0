import { expect, test } from 'vitest'
import { createCache } from '../../../../src/create-cache.js'
import { NamespaceViews } from '../../../../src/service/dashboard/namespace-views.js'

test('a namespace has the name it has in URLs, the root has none', async () => {
  await using cache = createCache({ namespace: 'strata' })
  await cache.namespace('shop').namespace('eu').get('a')
  const views = new NamespaceViews('strata').of(cache.allStats())
  expect(views.map(({ namespace, name }) => [namespace, name])).toEqual([
    ['strata', undefined],
    ['strata.shop', 'shop'],
    ['strata.shop.eu', 'shop.eu'],
  ])
})

test('the first hundred are told apart, the others are one, with nothing lost', async () => {
  await using cache = createCache({ namespace: 'strata' })
  const names = Array.from({ length: 150 }, (_, i) => `n${i}`)
  for (const name of names) {
    const child = cache.namespace(name)
    await child.set('a', 1)
    await child.get('a')
    await child.get('b')
    await child.get('c', () => 1)
  }
  const of = new NamespaceViews('strata')
  const views = of.of(cache.allStats())
  expect(views).toHaveLength(101)
  const other = views.find(({ namespace }) => namespace === 'other')
  expect(other).toEqual({
    namespace: 'other',
    name: undefined,
    reads: { hit: { memory: 51 }, miss: { none: 51, loader: 51 } },
    loads: 51,
    loadFailures: 0,
    revoked: 0,
    recordFaults: 0,
  })
  // the cache's own counts are not those that were added up
  expect(of.of(cache.allStats())).toEqual(views)
})
