import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { HttpPeer, OpenPeer } from '../peer.js'
import { JSON_TYPE, pageOf, POSTS, type Site } from '../site.js'

/** The namespace of the posts; their keys are the paths that other servers have them under. */
export const SERVICE_PREFIX = '/v1/bench'

/** `strata serve` as it comes, without Redis and without tokens, its posts put there over HTTP. */
export const serviceNative: HttpPeer = service('strata serve', {})

/** The same over node:http. */
export const serviceTypescript: HttpPeer = service('strata serve, TypeScript', {
  STRATA_NATIVE: '0',
})

function service(name: string, environment: NodeJS.ProcessEnv): HttpPeer {
  return { name, open: (site) => open(site, environment) }
}

const program = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

async function open(site: Site, environment: NodeJS.ProcessEnv): Promise<OpenPeer> {
  const words = ['serve', '--port', '0', '--admin-port', '0', '--ttl', '1h', '--log-level', 'warn']
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(/data http:\/\/127\.0\.0\.1:(\d+)/.exec(line.toString())?.[1])
  if (!(port > 0)) throw new Error(`strata serve said: ${line.toString()}`)
  for (let id = 0; id < POSTS; id++) await put(port, id, pageOf(site.post(String(id))).text)
  return { port, pid: child.pid! }
}

async function put(port: number, id: number, text: string): Promise<void> {
  const url = `http://127.0.0.1:${port}${SERVICE_PREFIX}/posts/${id}`
  const headers = { 'content-type': JSON_TYPE }
  const { status } = await fetch(url, { method: 'PUT', headers, body: text })
  if (status !== 204) throw new Error(`PUT ${url}: ${status}`)
}
