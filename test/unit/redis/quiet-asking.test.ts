import { expect, test } from 'vitest'
import { quietAsking } from '../../../src/redis/quiet-asking.js'
import type { CommandClient } from '../../../src/redis/redis-client.js'
import { ProcessWatch } from '../../support/process-watch.js'

function nodeOf(asking: (this: unknown) => Promise<unknown>): CommandClient {
  return { asking } as unknown as CommandClient
}

test('a rejected ASKING that nobody looks at does not end the process', async () => {
  const watch = new ProcessWatch()
  watch.begin()
  const node = nodeOf(() => Promise.reject(new Error('Connection is closed.')))
  quietAsking(node)
  void node.asking?.()
  await watch.end()
  await expect(node.asking?.()).rejects.toThrow('closed')
})

test('it is still sent by the node itself, and wrapped once', async () => {
  const node = nodeOf(function () {
    return Promise.resolve(this === node)
  })
  quietAsking(node)
  const { asking } = node
  quietAsking(node)
  expect(node.asking).toBe(asking)
  expect(await node.asking?.()).toBe(true)
  quietAsking({} as CommandClient)
})
