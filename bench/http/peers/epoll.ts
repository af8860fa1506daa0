import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compiled } from '../compile.js'
import type { HttpPeer, OpenPeer } from '../peer.js'
import { startProgram } from '../program.js'
import { withLengths } from '../requests.js'
import { scratchFolder } from '../scratch.js'
import { CLIENT, JSON_TYPE, pageOf, POSTS, type Site } from '../site.js'

/** The floor of every server whatever: `epoll.c`, which has the posts whole from the beginning. */
export const epollPeer: HttpPeer = {
  name: 'C epoll',
  open: (site) => open(site, []),
}

/** Two of them on one port: what a second thread costs where nothing is shared. */
export const epollTwo: HttpPeer = {
  name: 'C epoll, 2 processes',
  open: (site) => open(site, ['2']),
}

async function open(site: Site, words: readonly string[]): Promise<OpenPeer> {
  const pages = join(scratchFolder('epoll'), 'pages')
  writeFileSync(pages, withLengths(Array.from({ length: POSTS }, (_, id) => answerOf(site, id))))
  const child = startProgram(await compiled('peers/epoll.c'), [pages, ...words])
  const [told] = (await once(child.stdout!, 'data')) as [Buffer]
  return { port: Number(told.toString()), pid: child.pid! }
}

function answerOf(site: Site, id: number): Buffer {
  const { text, etag } = pageOf(site.post(String(id)))
  const fields = [`content-type: ${JSON_TYPE}`, `cache-control: ${CLIENT}`, `etag: ${etag}`]
  const head = ['HTTP/1.1 200 OK', ...fields, `content-length: ${Buffer.byteLength(text)}`]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`)
}
