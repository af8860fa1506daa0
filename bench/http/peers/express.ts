import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpPeer } from '../peer.js'
import { CLIENT, TTL } from '../site.js'

/** Express and apicache as their documentation has them. Express makes the ETag, which apicache keeps with the rest. */
export const expressPeer: HttpPeer = {
  name: 'Express + apicache',
  open: async (site) => {
    const { default: express } = await import('express')
    const { default: apicache } = await import('apicache')
    const app = express()
    const cached = apicache.options({ headers: { 'cache-control': CLIENT } }).middleware(TTL)
    app.get('/posts/:id', cached, (req, res) => void res.json(site.post(req.params['id'] ?? '')))
    app.get('/hello/:name', (req, res) => void res.json(site.hello(req.params['name'] ?? '')))
    app.get('/text/:name', (req, res) => {
      res.type('text/plain').send(site.text(req.params['name'] ?? ''))
    })
    const server = await new Promise<Server>((resolve) => {
      const opened = app.listen(0, '127.0.0.1', () => resolve(opened))
    })
    return { port: (server.address() as AddressInfo).port }
  },
}
