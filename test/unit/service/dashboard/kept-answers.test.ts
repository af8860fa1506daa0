import { expect, test } from 'vitest'
import { createCache } from '../../../../src/create-cache.js'
import { httpKey } from '../../../../src/http/http-key.js'
import { KeptAnswers } from '../../../../src/service/dashboard/kept-answers.js'
import { get } from '../../../support/origin.js'

/** The key under which the data API keeps its answer for a URL. */
function answerKey(target: string): string {
  return httpKey(get('/'), target, [['h', 'accept', undefined]])
}

const HIT = { namespace: 'strata', outcome: 'hit', tier: 'native', count: 7 } as const

test('a hit of an answer is one of its key', () => {
  const answers = new KeptAnswers('strata')
  const of = (target: string): unknown => answers.note({ ...HIT, key: answerKey(target) })
  expect(of('/v1/shop/a')).toEqual({ namespace: 'strata.shop', key: 'a' })
  expect(of('/v1/shop.eu/a/b%2Fc%20?lease=')).toEqual({
    namespace: 'strata.shop.eu',
    key: 'a/b/c ',
  })
})

test('what is no answer of the data API stays what it is', () => {
  const answers = new KeptAnswers('strata')
  const others = [
    { ...HIT, key: 'a' },
    { ...HIT, key: answerKey('/posts/1') },
    { ...HIT, key: answerKey('/v1/shop') },
    { ...HIT, key: answerKey('/v1/shop/%ff') },
    { ...HIT, namespace: 'strata.http', key: answerKey('/v1/shop/a') },
  ]
  for (const event of others) expect(answers.note(event)).toBe(event)
})

test('where there was no answer the value was read, and that is told by itself', () => {
  const answers = new KeptAnswers('strata')
  const key = answerKey('/v1/shop/a')
  expect(
    answers.note({ namespace: 'strata', key, outcome: 'miss', tier: undefined }),
  ).toBeUndefined()
})

test('hits of answers are counted by the namespace of the key, and not by the root', async () => {
  await using cache = createCache({ namespace: 'strata' })
  const shop = cache.namespace('shop')
  await shop.get('a')
  await cache.get('own')
  const answers = new KeptAnswers('strata')
  // as the root would have counted them
  const key = answerKey('/v1/shop/a')
  answers.note({ ...HIT, key })
  answers.note({ ...HIT, key })
  answers.note({ namespace: 'strata', key, outcome: 'miss', tier: undefined })
  const all = cache
    .allStats()
    .map((stats) =>
      stats.namespace === 'strata'
        ? Object.assign(stats, { reads: { hit: { native: 15 }, miss: { none: 2 } } })
        : stats,
    )
  const settled = answers.settled(all).map(({ namespace, reads }) => ({ namespace, reads }))
  expect(settled).toEqual([
    { namespace: 'strata', reads: { hit: { native: 1 }, miss: { none: 1 } } },
    { namespace: 'strata.shop', reads: { miss: { none: 1 }, hit: { native: 14 } } },
  ])
})

test('no count falls below nothing', async () => {
  await using cache = createCache({ namespace: 'strata' })
  const answers = new KeptAnswers('strata')
  answers.note({ ...HIT, key: answerKey('/v1/shop/a') })
  expect(answers.settled(cache.allStats())[0]?.reads).toEqual({ hit: { native: 0 } })
})
