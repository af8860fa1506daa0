import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programPath } from '../../program-path.js'
import { openOrigin } from '../origin.js'
import type { HttpPeer } from '../peer.js'
import { freePort, startProgram, untilListening } from '../program.js'
import { scratchFolder } from '../scratch.js'

/**
 * `varnish.vcl`, in front of a server on node:http. One pool of threads, of which each connection that is busy has one: that is
 * how Varnish works. It always writes its log, to memory. Without its jail, which needs users of its own.
 */
export const varnishPeer: HttpPeer = {
  name: 'Varnish',
  open: async (site) => {
    const program = programPath('varnishd')
    const folder = scratchFolder('varnish')
    const vcl = join(folder, 'site.vcl')
    const origin = String(await openOrigin(site))
    const template = readFileSync(new URL('varnish.vcl', import.meta.url), 'utf8')
    writeFileSync(vcl, template.replaceAll('@ORIGIN@', origin))
    const port = await freePort()
    const where = ['-n', join(folder, 'run'), '-f', vcl, '-a', `127.0.0.1:${port}`, '-T', 'none']
    const room = ['-s', 'malloc,256m', '-p', 'thread_pools=1', '-p', 'timeout_idle=75']
    const child = startProgram(program, ['-F', '-j', 'none', ...where, ...room])
    await untilListening(port)
    return { port, pid: child.pid! }
  },
}
