import type { ServerResponse } from 'node:http'
import { expect } from 'vitest'
import { gate } from '../../support/gate.js'
import { open, receive } from '../../support/http-client.js'
import type { Handling } from '../adapter-site.js'
import { type Bench, counted, page, statusOf, turns } from '../adapter-bench.js'

/** Where a handler can write into `ServerResponse`, it may do so in every way that Node has. */
export function nodeCases(bench: Bench): void {
  const writes: readonly (readonly [title: string, write: (res: ServerResponse) => void])[] = [
    [
      'writeHead with an object',
      (res) => void res.writeHead(200, { 'X-One': '1', 'X-Two': ['2', '3'] }).end('page'),
    ],
    [
      'writeHead with a reason and an object',
      (res) => void res.writeHead(200, 'Fine', { 'x-one': '1', 'x-two': ['2', '3'] }).end('page'),
    ],
    [
      'writeHead with a flat array',
      (res) => void res.writeHead(200, ['X-One', '1', 'X-Two', '2', 'X-Two', '3']).end('page'),
    ],
    [
      'setHeader, appendHeader and an end',
      (res) => {
        res.setHeader('x-one', 1)
        res.appendHeader('x-two', '2')
        res.appendHeader('x-two', '3')
        res.end(Buffer.from('page'))
      },
    ],
    [
      'writeHead, then pieces',
      (res) => {
        res.writeHead(200, { 'x-one': '1', 'x-two': '2, 3' })
        res.write('pa')
        res.write(Buffer.from('ge'))
        res.end()
      },
    ],
    [
      'pieces in codings, and an end with a piece',
      (res) => {
        res.setHeader('x-one', '1')
        res.setHeader('x-two', ['2', '3'])
        res.write('7061', 'hex')
        res.end('Z2U=', 'base64')
      },
    ],
  ]
  for (const [title, write] of writes) {
    bench.it(title, async (serve) => {
      const { handle, runs } = counted((h) => write(resOf(h)))
      const { ask } = await serve(page(handle))
      for (let i = 0; i < 2; i++) {
        const answer = await ask('/page')
        expect(answer).toMatchObject({ status: 200, body: 'page' })
        expect(answer.headers['x-one']).toBe('1')
        expect(answer.headers['x-two']).toBe('2, 3')
      }
      expect(runs()).toBe(1)
    })
  }

  bench.it('flushHeaders sends the head before there is a body', async (serve) => {
    const go = gate()
    const { handle, runs } = counted(async (h) => {
      const res = resOf(h)
      res.setHeader('x-one', '1')
      res.flushHeaders()
      await go.promise
      res.end('page')
    })
    const { ask, port } = await serve(page(handle))
    const answer = await open(port, '/page')
    expect(answer.headers['x-one']).toBe('1')
    go.open()
    expect((await receive(answer)).body).toBe('page')
    expect(statusOf(await ask('/page'))).toContain('hit')
    expect(runs()).toBe(1)
  })

  bench.it('what is written after the end goes nowhere', async (serve) => {
    const { ask } = await serve(
      page((h) => {
        const res = resOf(h)
        res.on('error', () => undefined)
        res.end('page')
        res.end('again')
        res.write('more', () => undefined)
      }),
    )
    for (let i = 0; i < 2; i++) expect((await ask('/page')).body).toBe('page')
  })

  bench.it('the response tells how far it is, as it always does', async (serve) => {
    const said: unknown[] = []
    const { ask } = await serve(
      page((h) => {
        const res = resOf(h)
        said.push(res.headersSent, res.writableEnded, res.destroyed)
        res.write('page')
        said.push(res.headersSent, res.writableEnded)
        expect(() => res.setHeader('x', '1')).toThrow(/after they are sent/)
        expect(() => res.writeHead(200)).toThrow(/after they are sent/)
        res.end()
        said.push(res.writableEnded)
      }),
    )
    expect((await ask('/page')).body).toBe('page')
    expect(said).toEqual([false, false, false, true, false, true])
  })

  bench.it('finish and the callbacks of write and end are called', async (serve) => {
    const called: string[] = []
    const { ask } = await serve(
      page((h) => {
        const res = resOf(h)
        res.on('finish', () => called.push('finish'))
        res.on('close', () => called.push('close'))
        res.write('page', () => called.push('write'))
        res.end(() => called.push('end'))
      }),
    )
    await ask('/page')
    await turns()
    expect(called.toSorted()).toEqual(['close', 'end', 'finish', 'write'])
  })

  bench.it('write tells a handler to wait, and drain to go on', async (serve) => {
    let waited = 0
    const { handle } = counted(async (h) => {
      const res = resOf(h)
      for (let i = 0; i < 64; i++) {
        if (res.write(Buffer.alloc(65_536))) continue
        waited++
        await new Promise<void>((resolve) => res.once('drain', () => resolve()))
      }
      res.end()
    })
    const { ask } = await serve(page(handle, { maxBody: '1mb' }))
    expect((await ask('/page')).bytes.byteLength).toBe(64 * 65_536)
    expect(waited).toBeGreaterThan(0)
  })

  bench.it('destroying it breaks the connection and nothing is stored', async (serve) => {
    const { handle, runs } = counted((h, run) => {
      const res = resOf(h)
      res.write('pa')
      if (run === 1) res.destroy()
      else res.end('ge')
    })
    const { ask } = await serve(page(handle))
    await expect(ask('/page')).rejects.toThrow()
    expect((await ask('/page')).body).toBe('page')
    expect(runs()).toBe(2)
  })
}

function resOf({ raw }: Handling): ServerResponse {
  if (raw === undefined) throw new Error('no ServerResponse here')
  return raw.res
}
