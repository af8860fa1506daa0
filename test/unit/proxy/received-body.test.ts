import { expect, test } from 'vitest'
import { ReceivedBody } from '../../../src/proxy/received-body.js'

function received() {
  const calls: string[] = []
  const source = { resume: () => calls.push('resume'), abandon: () => calls.push('abandon') }
  return { body: new ReceivedBody(source), calls }
}

const KB = new Uint8Array(1_024)

test('is whole only when its end has come', () => {
  const { body } = received()
  body.push(Buffer.from('ab'))
  expect(body.whole()).toBe(undefined)
  body.push(Buffer.from('c'))
  body.finish()
  expect(Buffer.from(body.whole() as Uint8Array).toString()).toBe('abc')
})

test('is never whole when it failed, and tells what came before', async () => {
  const { body } = received()
  const error = new Error('cut')
  body.push(KB)
  body.fail(error)
  body.finish()
  expect(body.whole()).toBe(undefined)
  expect(await body.next()).toEqual({ done: false, value: KB })
  await expect(body.next()).rejects.toBe(error)
  await expect(body.next()).rejects.toBe(error)
})

test('says when it is enough, and goes on when half of that is read', async () => {
  const { body, calls } = received()
  let pushed = 0
  do pushed++
  while (body.push(KB))
  expect(pushed).toBe(65)
  for (let i = 0; i < 32; i++) await body.next()
  expect(calls).toEqual([])
  await body.next()
  expect(calls).toEqual(['resume'])
})

test('waits for what comes', async () => {
  const { body } = received()
  const next = body.next()
  body.push(KB)
  expect(await next).toEqual({ done: false, value: KB })
  const last = body.next()
  body.finish()
  expect(await last).toEqual({ done: true, value: undefined })
})

test('lets the origin go when it is left, once, and not when it has ended', async () => {
  const { body, calls } = received()
  const waiting = body.next()
  await body.return()
  await body.return()
  expect(await waiting).toEqual({ done: true, value: undefined })
  expect(body.push(KB)).toBe(true)
  expect(calls).toEqual(['abandon'])
  const ended = received()
  ended.body.finish()
  await ended.body.return()
  expect(ended.calls).toEqual([])
})
