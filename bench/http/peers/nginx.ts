import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programPath } from '../../program-path.js'
import { openOrigin } from '../origin.js'
import type { HttpPeer, OpenPeer } from '../peer.js'
import { freePort, startProgram, untilListening } from '../program.js'
import { scratchFolder } from '../scratch.js'
import { pageOf, POSTS, type Site } from '../site.js'

/** `nginx-cache.conf`, in front of a server on node:http. */
export const nginxCache: HttpPeer = {
  name: 'nginx proxy_cache',
  open: (site) => openCache(site, 1),
}

export const nginxCacheTwo: HttpPeer = {
  name: 'nginx proxy_cache, 2 workers',
  open: (site) => openCache(site, 2),
}

/** `nginx-static.conf`: each post is a file. */
export const nginxStatic: HttpPeer = {
  name: 'nginx static',
  open: async (site) => {
    const program = programPath('nginx')
    const folder = nginxFolder()
    mkdirSync(join(folder, 'files/posts'), { recursive: true })
    for (let id = 0; id < POSTS; id++) {
      writeFileSync(join(folder, 'files/posts', String(id)), pageOf(site.post(String(id))).text)
    }
    return await start(program, folder, 'nginx-static.conf', {})
  },
}

async function openCache(site: Site, workers: number): Promise<OpenPeer> {
  const program = programPath('nginx')
  const words = { WORKERS: workers, ORIGIN: await openOrigin(site) }
  return await start(program, nginxFolder(), 'nginx-cache.conf', words)
}

function nginxFolder(): string {
  const folder = scratchFolder('nginx')
  mkdirSync(join(folder, 'temporary'))
  return folder
}

async function start(
  program: string,
  folder: string,
  template: string,
  words: Readonly<Record<string, number>>,
): Promise<OpenPeer> {
  const port = await freePort()
  let text = readFileSync(new URL(template, import.meta.url), 'utf8')
  for (const [word, value] of Object.entries({ ...words, PORT: port })) {
    text = text.replaceAll(`@${word}@`, String(value))
  }
  writeFileSync(join(folder, 'nginx.conf'), text)
  const child = startProgram(program, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'])
  await untilListening(port)
  return { port, pid: child.pid! }
}
