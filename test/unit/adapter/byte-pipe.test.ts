import { expect, test } from 'vitest'
import { BytePipe } from '../../../src/adapter/byte-pipe.js'
import { inFull } from '../../../src/adapter/exact-length.js'

const bytes = (text: string): Uint8Array => Buffer.from(text)

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of body) text += Buffer.from(chunk).toString()
  return text
}

function pipe(): { readonly pipe: BytePipe; readonly seen: string[] } {
  const seen: string[] = []
  const made = new BytePipe(
    () => seen.push('drain'),
    () => seen.push('left'),
  )
  return { pipe: made, seen }
}

test('gives what is pushed, before and after somebody reads', async () => {
  const { pipe: made, seen } = pipe()
  made.push(bytes('a'), () => seen.push('taken'))
  const text = textOf(made)
  await Promise.resolve()
  made.push(bytes('b'), undefined)
  made.end()
  expect(made.push(bytes('c'), undefined)).toBe(false)
  expect(await text).toBe('ab')
  expect(seen).toEqual(['taken'])
})

test('tells when it is full, and once when there is room again', async () => {
  const { pipe: made, seen } = pipe()
  expect(made.push(new Uint8Array(65_535), undefined)).toBe(true)
  expect(made.push(new Uint8Array(1), undefined)).toBe(false)
  const reader = made[Symbol.asyncIterator]()
  await reader.next()
  await reader.next()
  expect(seen).toEqual(['drain'])
})

test('fails the reader after what came before', async () => {
  const { pipe: made } = pipe()
  made.push(bytes('a'), undefined)
  made.fail(new Error('reset'))
  made.fail(new Error('again'))
  const reader = made[Symbol.asyncIterator]()
  expect(Buffer.from((await reader.next()).value as Uint8Array).toString()).toBe('a')
  await expect(reader.next()).rejects.toThrow('reset')
})

test('tells once when its reader leaves, and not when it has come to the end', async () => {
  const { pipe: left, seen } = pipe()
  left.push(bytes('a'), undefined)
  const reader = left[Symbol.asyncIterator]()
  await reader.next()
  await reader.return(undefined)
  expect(seen).toEqual(['left'])
  const { pipe: whole, seen: nothing } = pipe()
  whole.end()
  await textOf(whole)
  expect(nothing).toEqual([])
})

test.each<[announced: number | undefined, isWhole: boolean]>([
  [undefined, true],
  [3, true],
  [2, false],
  [4, false],
])('a body of 3 bytes, announced as %s', async (announced, isWhole) => {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes('a'))
    yield bytes('bc')
  }
  for (const body of [pieces(), bytes('abc')]) {
    const full = inFull(body, announced)
    const text = full instanceof Uint8Array ? full.toString() : textOf(full)
    if (isWhole) expect(await text).toBe('abc')
    else await expect(text).rejects.toThrow('Content-Length')
  }
})
