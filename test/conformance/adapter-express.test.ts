import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, test } from 'vitest'
import { cached } from '../../src/adapter/express.js'
import { createCache } from '../../src/index.js'
import { ask } from '../support/http-client.js'
import { startExpress4, startExpress5 } from './adapter-sites/express.js'
import { runAdapterSuite } from './adapter-suite.js'

runAdapterSuite('Express 5', startExpress5, {})
runAdapterSuite('Express 4', startExpress4, {
  'a handler that rejects is the framework’s to answer':
    'Express 4 does not look at the promise of a handler',
})

test('Express: host and scheme are what the proxy says, where it is trusted', async () => {
  const cache = createCache({ logger: false })
  const app = express()
  app.set('trust proxy', 'loopback')
  app.get('/page', cached(cache, { ttl: '1m' }), (req, res) => {
    res.send(`${req.protocol}://${req.host} ${JSON.stringify(req.headers)}`)
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const forwarded = { 'x-forwarded-host': 'Example.com', 'x-forwarded-proto': 'https' }
  const first = await ask(port, '/page', {
    headers: { ...forwarded, 'x-forwarded-for': '1.2.3.4' },
  })
  expect(first.body).toContain('https://example.com ')
  expect(first.body).not.toContain('1.2.3.4')
  expect((await ask(port, '/page', { headers: forwarded })).headers.age).toBe('0')
  await cache.invalidateTags('url:https://example.com/page')
  expect((await ask(port, '/page', { headers: forwarded })).headers.age).toBeUndefined()
  app.set('trust proxy', false)
  const other = await ask(port, '/page', { headers: forwarded })
  expect(other.body).toContain(`http://127.0.0.1:${port} `)
  expect(other.body).not.toContain('xample.com')
  server.closeAllConnections()
  server.close()
  await cache.close()
})
