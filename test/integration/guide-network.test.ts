import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openDelayProxy } from '../../examples/guide/network/delay-proxy.js'

const run = promisify(execFile)

const unbroken = (error: Error): never => {
  throw error
}

test.each(['127.0.0.1', '[::1]'])('a network in front of a server on %s', async (host) => {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, host.replace(/[[\]]/g, ''))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const target = `redis://:secret@${host}:${port}/2`
  const proxy = await openDelayProxy(target, { port: 6379, delay: 1, onBroken: unbroken })
  try {
    const url = new URL(proxy.url)
    expect([url.hostname, url.password, url.pathname]).toEqual(['127.0.0.1', 'secret', '/2'])
    const socket = connect(Number(url.port), url.hostname)
    socket.write('there and back')
    expect(String((await once(socket, 'data'))[0])).toBe('there and back')
    socket.destroy()
  } finally {
    await proxy.close()
    server.close()
  }
})

test('a network that breaks ends the run, which says so and tears down', async () => {
  const program = fileURLToPath(new URL('../support/broken-network.ts', import.meta.url))
  await expect(run(process.execPath, ['--import', 'tsx', program])).rejects.toMatchObject({
    code: 1,
    stdout: 'torn down\n',
    stderr: expect.stringMatching(/^the proxy that plays a network of 1 ms has broken: .*70000/),
  })
})
