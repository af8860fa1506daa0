import { describe, expect, test } from 'vitest'
import { WRITE } from '../../../src/redis/entry-scripts.js'
import { openTiers, outcomeOf, store } from '../../support/redis-tiers.js'

const VERSIONS = ['aaaaaaaaaaaa.aaaaaaaaaaaa.0']

/** A server that finds every write late. */
function lateServer(): { asked: number } {
  const server = {
    status: 'ready',
    options: {},
    // whose commands are sent one by one
    isCluster: true,
    nodes: (): unknown[] => [server],
    asked: 0,
    on: () => {},
    removeListener: () => {},
    duplicate: () => {},
    disconnect: () => {},
    mgetBuffer: () => Promise.resolve([]),
    getBuffer: () => Promise.resolve(null),
    pipeline: () => {},
    evalsha: (sha: string) => Promise.resolve(sha === WRITE.sha ? ['late'] : VERSIONS),
    eval: (lua: string) => Promise.resolve(lua === WRITE.lua ? ['late'] : VERSIONS),
    time: () => {
      server.asked += 1
      return Promise.resolve(['1700000000', '0'])
    },
  }
  return server
}

describe('a write that Redis calls late', () => {
  test('is not stored, says nothing against Redis, and has its time taken again when it was not', async () => {
    const client = lateServer()
    const opened = await openTiers({ client, timeout: 5_000 })
    const before = client.asked
    for (let i = 0; i < 10; i++) {
      expect(await outcomeOf(store(opened.guarded, 'k', 'one'))).toBe('timeout')
    }
    expect(opened.guard.state).toBe('closed')
    expect(client.asked).toBeGreaterThan(before)
    await opened.close()
  })
})
