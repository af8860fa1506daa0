import { once } from 'node:events'
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { tied } from '../tied.js'

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface ServiceProgram {
  readonly child: ChildProcess
  readonly url: string
  readonly port: number
}

/** `strata serve` on free ports, which ends with this process. */
export async function startService(
  words: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<ServiceProgram> {
  const own = ['serve', '--port', '0', '--admin-port', '0', '--ttl', '1h', '--log-level', 'warn']
  const child = spawn(...tied(process.execPath, [program, ...own, ...words]), {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(/data http:\/\/127\.0\.0\.1:(\d+)/.exec(line.toString())?.[1])
  if (!(port > 0)) throw new Error(`strata serve said: ${line.toString()}`)
  return { child, port, url: `http://127.0.0.1:${port}` }
}
