import { describe, expect, it } from 'vitest'
import { RawBody } from '../../../src/entry/raw-body.js'
import { previewOf } from '../../../src/service/preview.js'

describe('previewOf', () => {
  it.each([
    [{ a: [1, null, true, 'x"'], b: { c: 0.5 } }, '{"a":[1,null,true,"x\\""],"b":{"c":0.5}}'],
    ['text', '"text"'],
    [null, 'null'],
    [[], '[]'],
    [{}, '{}'],
  ])('%j is shown as JSON', (value, preview) => {
    expect(previewOf(value)).toEqual({ type: 'application/json', preview, cut: false })
    expect(JSON.parse(preview)).toEqual(value)
  })

  it.each([
    [{ at: new Date(0) }, '{"at":1970-01-01T00:00:00.000Z}'],
    [new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
    [[1n, Number.NaN, undefined], '[1n,NaN,undefined]'],
  ])('%o is shown as Node shows it', (value, preview) => {
    expect(previewOf(value)).toEqual({ type: 'application/vnd.msgpack', preview, cut: false })
  })

  const long = 'x'.repeat(2 ** 20)
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]))
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]

  it.each([
    ['a long text', long],
    ['many members', wide],
    ['a long name', { [long]: 1 }],
    ['many entries', Array.from({ length: 100_000 }, (_, i) => i)],
    ['long bytes', new RawBody('text/plain', Buffer.from(long))],
  ])('of %s shows the beginning', (_, value) => {
    const { preview, cut } = previewOf(value)
    expect(preview.length).toBeLessThanOrEqual(4_096)
    expect(preview.length).toBeGreaterThan(4_000)
    expect(cut).toBe(true)
  })

  it('of something nested very deep shows what is above', () => {
    const { type, preview } = previewOf(deep)
    expect(type).toBe('application/json')
    expect(preview.length).toBeLessThan(4_096)
  })

  it.each([
    ['text/html; charset=utf-8', '<script>', '<script>'],
    ['application/problem+json', '{}', '{}'],
    ['image/png', '\u0089PNG', 'c2 89 50 4e 47'],
  ])('of bytes of %s shows %j as %j', (type, content, preview) => {
    const bytes = new RawBody(type, Buffer.from(content))
    expect(previewOf(bytes)).toEqual({ type, preview, cut: false })
  })
})
