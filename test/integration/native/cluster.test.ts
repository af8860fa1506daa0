import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createNetServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { createServer } from '../../../src/server/index.js'
import { describeNative } from '../../support/native.js'

const CLUSTER = join(import.meta.dirname, 'fixtures/cluster.ts')

/** Each connection goes to either worker: that all of so many go to one is a matter of 2 to the power of -63. */
const CONNECTIONS = 64

describeNative('the native listener in a cluster', () => {
  test.runIf(process.platform === 'linux')(
    'shares the port of its workers, and each of them answers',
    async () => {
      const port = await freePort()
      const { child, lines } = await startCluster(port)
      try {
        expect(lines.filter((line) => line.includes('(native listener)'))).toHaveLength(2)
        const answers = await Promise.all(
          Array.from({ length: CONNECTIONS }, () => whoAnswers(port)),
        )
        expect(new Set(answers).size).toBe(2)
      } finally {
        await end(child)
      }
    },
  )

  test('does not share it with a process that is no worker', async () => {
    const port = await freePort()
    const { child } = await startCluster(port)
    try {
      const app = createServer({ port, logger: false })
      await expect(app.listen()).rejects.toThrow(
        `127.0.0.1:${port}: something listens there already (EADDRINUSE)`,
      )
    } finally {
      await end(child)
    }
  })

  test('leaves port 0 to the TypeScript listener, whose workers get one port', async () => {
    const { child, lines } = await startCluster(0)
    try {
      const ports = lines.map(
        (line) => /127\.0\.0\.1:(\d+) \(TypeScript listener: .*port 0/.exec(line)?.[1],
      )
      expect(ports[0]).toBeDefined()
      expect(ports[1]).toBe(ports[0])
    } finally {
      await end(child)
    }
  })
})

async function startCluster(port: number): Promise<{ child: ChildProcess; lines: string[] }> {
  const child = spawn(process.execPath, ['--import', 'tsx', CLUSTER, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    if (line === 'ready') return { child, lines }
    lines.push(line)
  }
  throw new Error(`the cluster ended: ${lines.join('; ')}`)
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.stdin?.end()
  await exit
}

async function whoAnswers(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/who`, {
    headers: { connection: 'close' },
  })
  return await response.text()
}

/** Free a moment ago. */
async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
