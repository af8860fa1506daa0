import { expect } from 'vitest'
import { gate } from '../../support/gate.js'
import type { Handling } from '../adapter-site.js'
import { type Bench, counted, page, statusOf, turns } from '../adapter-bench.js'

/** Errors are the framework's to answer, and nothing of them is kept. */
export function failureCases(bench: Bench): void {
  bench.it('a handler that throws is the framework’s to answer', async (serve) => {
    const { handle, runs } = counted((h, run) => {
      if (run === 1) throw new Error('no database')
      return h.send(200, 'page')
    })
    const { ask } = await serve(page(handle))
    expect((await ask('/page')).status).toBe(500)
    expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
    expect(statusOf(await ask('/page'))).toContain('hit')
    expect(runs()).toBe(2)
  })

  bench.it('a handler that rejects is the framework’s to answer', async (serve) => {
    const { handle } = counted(async (h, run) => {
      await turns(2)
      if (run === 1) throw new Error('no database')
      return await h.send(200, 'page')
    })
    const { ask } = await serve(page(handle))
    expect((await ask('/page')).status).toBe(500)
    expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
  })

  bench.it('an error that is handed on is the framework’s to answer', async (serve) => {
    const { handle } = counted((h, run) =>
      run === 1 ? h.pass?.(new Error('no database')) : h.send(200, 'page'),
    )
    const { ask } = await serve(page(handle))
    expect((await ask('/page')).status).toBe(500)
    expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
  })

  bench.it('those who waited for a handler that fails get an error as well', async (serve) => {
    const go = gate()
    const { handle } = counted(async () => {
      await go.promise
      throw new Error('no database')
    })
    const { ask, arrived } = await serve(page(syncOr(handle)))
    const all = Array.from({ length: 5 }, () => ask('/page'))
    await arrived(5)
    go.open()
    for (const answer of await Promise.all(all)) expect(answer.status).toBe(500)
  })

  bench.it(
    'by the response’s words, who waited for a handler that fails asks for himself',
    async (serve) => {
      const go = gate()
      const { handle, runs } = counted(async (h, run) => {
        if (run === 1) {
          await go.promise
          throw new Error(`no ${h.header('x-bad')}`)
        }
        h.set('cache-control', 'max-age=60')
        return await h.send(200, 'page')
      })
      const { ask, arrived } = await serve(page(syncOr(handle), 'fields'))
      const attack = ask('/page', { headers: { 'x-bad': '1' } })
      await arrived(1)
      const victims = [1, 2, 3].map(() => ask('/page'))
      await arrived(4)
      expect(runs()).toBe(1)
      go.open()
      expect((await attack).status).toBe(500)
      for (const answer of await Promise.all(victims)) expect(answer.body).toBe('page')
    },
  )

  bench.it('a stale page is served when the handler fails', async (serve) => {
    const { handle, runs } = counted((h, run) => {
      if (run > 1) throw new Error('no database')
      return h.send(200, 'page')
    })
    const { ask, clock } = await serve(page(handle, { ttl: '10s', grace: '1m' }))
    await ask('/page')
    clock.advance(11_000)
    for (let i = 0; i < 3; i++) {
      expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
      await turns()
    }
    expect(runs()).toBeGreaterThan(1)
  })

  bench.it('a stream that breaks off breaks the connection and is not stored', async (serve) => {
    const { handle, runs } = counted((h, run) =>
      h.stream(
        (async function* () {
          yield await Promise.resolve(Buffer.from('one '))
          await turns()
          if (run === 1) throw new Error('reset')
          yield Buffer.from('two')
        })(),
      ),
    )
    const { ask } = await serve(page(handle))
    await expect(ask('/page')).rejects.toThrow()
    expect((await ask('/page')).body).toBe('one two')
    expect(statusOf(await ask('/page'))).toContain('hit')
    expect(runs()).toBe(2)
  })

  bench.it(
    'a function of the policy that fails lets the request pass by the cache',
    async (serve) => {
      const { handle, runs } = counted((h) => h.send(200, 'page'))
      for (const [i, policy] of [
        { tagsOf: refuse },
        { tagsOf: () => [''] },
        { userOf: refuse },
        { unless: refuse },
      ].entries()) {
        const { ask, cache } = await serve(page(handle, policy))
        for (let asked = 1; asked <= 2; asked++) {
          expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
          expect(runs()).toBe(i * 2 + asked)
        }
        expect(cache.stats().memory.entries).toBe(0)
      }
    },
  )
}

function refuse(): never {
  throw new Error('no session')
}

/** For frameworks that do not look at promises: what rejects is handed on. */
function syncOr(handle: (h: Handling) => unknown): (h: Handling) => unknown {
  return (h) => {
    const result = handle(h)
    const { pass } = h
    return result instanceof Promise && pass !== undefined ? void result.catch(pass) : result
  }
}
