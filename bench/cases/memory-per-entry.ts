import type { Case, Contestant, Sample } from '../case.js'
import { peersWith } from '../peers/all.js'
import { bareLru, bareLruTtl } from '../peers/bare.js'
import type { Peer, PeerCache } from '../peers/peer.js'

const KEY_BYTES = 20

/**
 * What the heap holds, after collecting, per entry, keys and values included. Keys and values are made by `Buffer`, so that
 * each is a flat string of its own: `'a' + i` or a slice would share a parent, and would count as almost nothing. Nobody but
 * the cache keeps them; so that reading needs no list of keys, which would count, they are made again, equal.
 */
function contestant(peer: Peer): Contestant {
  return {
    name: peer.name,
    start: async ({ quick }) => ({
      round: async (): Promise<Sample> => {
        const entries = quick ? 100_000 : 1_000_000
        const large = await measure(peer, entries, 400)
        const small = await measure(peer, entries, 8)
        return {
          large: large.filled,
          largeRead: large.read,
          small: small.filled,
          smallRead: small.read,
        }
      },
      stop: async () => undefined,
    }),
  }
}

async function measure(
  peer: Peer,
  entries: number,
  valueBytes: number,
): Promise<{ filled: number; read: number }> {
  // The libraries themselves do not count: they are loaded by a first cache.
  await (await open(peer, 10)).close()
  const before = heapUsed()
  const cache = await open(peer, Math.ceil(entries * 1.1))
  for (let index = 0; index < entries; index++)
    await cache.set(flat(index, KEY_BYTES), flat(index, valueBytes))
  const filled = (heapUsed() - before) / entries
  await readAll(cache, entries)
  const read = (heapUsed() - before) / entries
  await cache.close()
  return { filled, read }
}

function open(peer: Peer, maxEntries: number): Promise<PeerCache> {
  return peer.open({
    tiers: 'memory',
    port: 0,
    ttl: 3_600_000,
    maxEntries,
    load: (key) => Promise.reject(new Error(`${key} is not there`)),
    loadMany: () => Promise.reject(new Error('nothing is read')),
  })
}

async function readAll(cache: PeerCache, entries: number): Promise<void> {
  for (let index = 0; index < entries; index++) {
    if ((await cache.get(flat(index, KEY_BYTES))) === undefined)
      throw new Error(`entry ${index} is not there`)
  }
}

function heapUsed(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed: used, external } = process.memoryUsage()
  return used + external
}

const page = Buffer.alloc(400, 0x78)

/** A flat one-byte string of this length that begins with the number. */
function flat(index: number, bytes: number): string {
  page.write(String(index).padStart(8, '0'), 0, 'latin1')
  return page.toString('latin1', 0, bytes)
}

/** Without the peers that differ only in how they copy: strings are not copied, but some are turned into JSON text. */
const distinct = peersWith('memory').filter(({ name }) => !/copy|useClone/.test(name))

export const benchmark: Case = {
  name: 'memory-per-entry',
  title: 'heap per entry with a million entries',
  about:
    'Bytes after collecting, key (20 bytes) and value included; filled by set, then each entry read once. Node 20 spends 16 bytes more than its text on a string.',
  columns: [
    { key: 'large', title: '400 B filled', against: ['lru-cache'], as: 'cost' },
    { key: 'largeRead', title: 'read', against: ['lru-cache'], as: 'cost' },
    { key: 'small', title: '8 B filled', against: ['lru-cache'], as: 'cost' },
    { key: 'smallRead', title: 'read', against: ['lru-cache'], as: 'cost' },
  ],
  contestants: [bareLru, bareLruTtl, ...distinct].map(contestant),
  bars: [
    {
      contestant: 'strata',
      column: 'largeRead',
      against: 'lru-cache',
      what: 'times lru-cache({ max }), values of 400 bytes, after reading',
      floor: 1.5,
      aim: 1.3,
    },
  ],
  rounds: { full: 1, quick: 1, warmups: 0 },
  sequential: true,
  nodeFlags: ['--expose-gc', '--max-old-space-size=8192'],
  timeout: 900_000,
}
