import { Cluster, Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { connect, pauseBefore } from '../../../src/redis/connect.js'
import { parseRedis } from '../../../src/redis/redis-settings.js'

test('pauses between dials double from 50 ms to 2 s, up to half of each at random', () => {
  for (const [attempt, longest] of [50, 100, 200, 400, 800, 1_600, 2_000, 2_000].entries()) {
    for (let i = 0; i < 50; i++) {
      const pause = pauseBefore(attempt + 1)
      expect(pause).toBeGreaterThanOrEqual(longest / 2)
      expect(pause).toBeLessThanOrEqual(longest)
    }
  }
  expect(pauseBefore(5_000)).toBeLessThanOrEqual(2_000)
})

const rules = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  enableAutoPipelining: false,
  failoverDetector: true,
}

test.each([
  { title: 'a URL', option: 'rediss://u:p@127.0.0.1:7000/3?maxRetriesPerRequest=9&lazyConnect=' },
  {
    title: 'options',
    option: {
      options: {
        host: '127.0.0.1',
        port: 7_000,
        db: 3,
        username: 'u',
        password: 'p',
        tls: {},
        maxRetriesPerRequest: 9,
      },
    },
  },
])('our rules win over what $title says; the rest is kept', ({ option }) => {
  const { client, own } = connect(parseRedis(option), 'shop')
  expect(own).toBe(true)
  expect(client).toBeInstanceOf(Redis)
  expect(client.status).toBe('wait')
  expect(client.options).toMatchObject({
    ...rules,
    host: '127.0.0.1',
    port: 7_000,
    db: 3,
    username: 'u',
    password: 'p',
    connectionName: 'strata:shop',
    connectTimeout: 1_000,
  })
  expect((client.options as { tls?: unknown }).tls).toBeTruthy()
  client.disconnect()
})

test('a name of the connection that the caller chose is kept', () => {
  const { client } = connect(parseRedis({ options: { connectionName: 'mine' } }), 'shop')
  expect(client.options).toMatchObject({ connectionName: 'mine' })
  client.disconnect()
})

test('a Cluster has the rules for each node', () => {
  const cluster = {
    nodes: ['127.0.0.1:1'],
    options: {
      natMap: { a: { host: 'b', port: 1 } },
      redisOptions: { password: 'p', maxRetriesPerRequest: 9 },
    },
  }
  const { client } = connect(parseRedis({ cluster }), 'shop')
  expect(client).toBeInstanceOf(Cluster)
  expect(client.options).toMatchObject({
    natMap: cluster.options.natMap,
    enableOfflineQueue: true,
    enableAutoPipelining: false,
    scaleReads: 'master',
    redisOptions: { password: 'p', maxRetriesPerRequest: 0, connectionName: 'strata:shop' },
  })
  expect(cluster.options.redisOptions.maxRetriesPerRequest).toBe(9)
  client.disconnect()
})

test("a caller's client is taken as it is", () => {
  const client = new Redis({ lazyConnect: true })
  expect(connect(parseRedis(client), 'shop')).toEqual({ client, own: false })
  expect(client.options).toMatchObject({ maxRetriesPerRequest: 20 })
  client.disconnect()
})
