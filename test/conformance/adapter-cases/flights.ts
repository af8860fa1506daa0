import { expect } from 'vitest'
import { gate } from '../../support/gate.js'
import { open, start } from '../../support/http-client.js'
import { type Bench, counted, page, statusOf, turns, until } from '../adapter-bench.js'

/** Clients that come together, and clients that leave. */
export function flightCases(bench: Bench): void {
  bench.it('fifty clients on a cold page are one run of the handler', async (serve) => {
    const go = gate()
    const { handle, runs } = counted(async (h) => {
      await go.promise
      return await h.send(200, 'page')
    })
    const { ask, arrived } = await serve(page(handle))
    const all = Array.from({ length: 50 }, () => ask('/page'))
    await arrived(50)
    go.open()
    const answers = await Promise.all(all)
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['page']))
    expect(answers.filter((answer) => statusOf(answer).includes('collapsed'))).toHaveLength(49)
    expect(runs()).toBe(1)
  })

  bench.it('fifty clients of private pages are fifty runs, each its own', async (serve) => {
    const { handle, runs } = counted(async (h) => {
      await turns()
      h.set('cache-control', 'private')
      return await h.send(200, `for ${h.header('x-client')}`)
    })
    const { ask } = await serve(page(handle, 'fields'))
    const clients = Array.from({ length: 50 }, (_, i) => `client ${i}`)
    const answers = await Promise.all(
      clients.map((client) => ask('/page', { headers: { 'x-client': client } })),
    )
    expect(answers.map(({ body }) => body)).toEqual(clients.map((client) => `for ${client}`))
    expect(runs()).toBe(50)
  })

  bench.it('the first client leaves and the others are answered', async (serve) => {
    const go = gate()
    const { handle, runs } = counted(async (h) => {
      await go.promise
      return await h.send(200, 'page')
    })
    const { ask, arrived, port } = await serve(page(handle))
    const first = start(port, '/page')
    await arrived(1)
    const others = [ask('/page'), ask('/page')]
    await arrived(3)
    first.leave()
    await turns(50)
    go.open()
    for (const answer of await Promise.all(others)) expect(answer.body).toBe('page')
    expect(runs()).toBe(1)
  })

  bench.it(
    'the first client leaves in the middle of a stream that others wait for',
    async (serve) => {
      const go = gate()
      let isLeft = false
      const { handle, runs } = counted((h) => {
        h.onLeft(() => (isLeft = true))
        return h.stream(
          (async function* () {
            yield Buffer.from('one ')
            await go.promise
            yield Buffer.from('two')
          })(),
        )
      })
      const { ask, arrived, port } = await serve(page(handle))
      const first = await open(port, '/page')
      await new Promise((resolve) => first.once('data', resolve))
      const others = [ask('/page'), ask('/page')]
      await arrived(3)
      first.destroy()
      await turns(50)
      go.open()
      for (const answer of await Promise.all(others)) expect(answer.body).toBe('one two')
      expect(isLeft).toBe(false)
      expect(runs()).toBe(1)
    },
  )

  bench.it('the handler hears when nobody waits any more', async (serve) => {
    let isLeft = false
    const go = gate()
    const { handle, runs } = counted(async (h, run) => {
      if (run > 1) return await h.send(200, 'page')
      h.onLeft(() => {
        isLeft = true
        go.open()
      })
      await go.promise
      return await h.send(200, 'late')
    })
    const { ask, arrived, port } = await serve(page(handle))
    const client = start(port, '/page')
    await arrived(1)
    await until(() => runs() === 1)
    client.leave()
    await until(() => isLeft)
    expect((await ask('/page')).body).toBe('page')
    expect(runs()).toBe(2)
  })

  bench.it('a client that leaves while a stored page is sent harms nobody', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'x'.repeat(1_000_000)))
    const { ask, port } = await serve(page(handle))
    await ask('/page')
    const client = await open(port, '/page')
    client.destroy()
    expect((await ask('/page')).body).toHaveLength(1_000_000)
    expect(runs()).toBe(1)
  })
}
