import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { programPath } from '../../program-path.js'
import { startRedis } from '../../redis-server.js'
import type { HttpPeer, OpenPeer } from '../peer.js'
import { freePort, startProgram, untilListening } from '../program.js'
import { scratchFolder } from '../scratch.js'
import { pageOf, POSTS, type Site } from '../site.js'

/** What a key is asked for as: `.json` would wrap the answer, `.txt` gives the value as it is. */
export const WEBDIS_PREFIX = '/GET'

/** Redis behind HTTP by Webdis, one thread as the others have one. Both processes count. */
export const webdisPeer: HttpPeer = { name: 'Redis behind Webdis', open }

async function open(site: Site): Promise<OpenPeer> {
  const program = programPath('webdis')
  const redis = await startRedis()
  const client = new Redis(redis.port)
  for (let id = 0; id < POSTS; id++) {
    await client.set(`post${id}`, pageOf(site.post(String(id))).text)
  }
  await client.quit()
  const port = await freePort()
  const file = join(scratchFolder('webdis'), 'webdis.json')
  const settings = {
    redis_host: '127.0.0.1',
    redis_port: redis.port,
    http_host: '127.0.0.1',
    http_port: port,
    threads: 1,
    daemonize: false,
    verbosity: 0,
    logfile: '/dev/null',
    pool_size: 16,
  }
  writeFileSync(file, JSON.stringify(settings))
  const child = startProgram(program, [file])
  await untilListening(port)
  return { port, pid: child.pid!, beside: [redis.pid] }
}
