import { afterEach, describe, expect, it } from 'vitest'
import { ask } from '../../support/http-client.js'
import { RawClient } from '../../support/raw-http.js'
import { StrataProcess } from '../../support/strata-process.js'

const running: StrataProcess[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.kill()))
})

async function serve(args: readonly string[], env: Readonly<Record<string, string>>) {
  const all = ['serve', '--port', '0', '--admin-port', '0', ...args]
  const program = new StrataProcess(all, { env })
  running.push(program)
  return { program, ...(await program.listening()) }
}

/** A request that waits for the rest of its body; resolves when the service has asked for it. */
async function begun(port: number): Promise<RawClient> {
  const client = new RawClient(port)
  client.send(
    'PUT /v1/shop/a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n',
  )
  expect(await client.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 100 /)
  return client
}

describe.each([
  ['the listener there is', {}],
  ['the TypeScript listener', { STRATA_NATIVE: '0' }],
])('a service that is told to stop, with %s', (_, env) => {
  it('finishes what runs, says so meanwhile, and takes nothing new', async () => {
    const { program, data, admin } = await serve(['--timeouts-close', '1m'], env)
    const client = await begun(data)
    program.signal('SIGTERM')
    await program.logged('stopping')
    await expect.poll(() => ask(data, '/healthz').catch((e: Error) => e.message)).toContain('ECONN')
    const { status, body } = await ask(admin, '/readyz')
    expect([status, JSON.parse(body)]).toMatchObject([503, { status: 'closing' }])
    client.send('body')
    expect(await client.until(/204 No Content.*\r\n\r\n/s)).toMatch(/HTTP\/1\.1 204 /)
    expect(await program.ended).toBe(0)
  })

  it('cuts off what does not end in time', async () => {
    const { program, data } = await serve(['--timeouts-close', '200ms'], env)
    const client = await begun(data)
    program.signal('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(await client.until(/never/)).not.toContain('204')
  })

  it('ends at once when it is told a second time', async () => {
    const { program, data } = await serve(['--timeouts-close', '10m'], env)
    await begun(data)
    program.signal('SIGTERM')
    await program.logged('stopping')
    program.signal('SIGINT')
    expect(await program.ended).toBe(1)
    expect(program.log.at(-1)).toMatchObject({ msg: 'stopped at once', signal: 'SIGINT' })
  })
})
