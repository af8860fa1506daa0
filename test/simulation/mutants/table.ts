import type { Mutant } from './mutant.js'

const ONE_PROCESS = { processes: 1, readers: 3, writers: 2 }

/** Nothing is remembered: nothing old may be read, at any time. */
const REDIS_ONLY = { cache: { memory: false } }

/** Memory may be as old as `maxStaleness`, in other processes only. */
const MEMORY = {
  cache: { coherence: { maxStaleness: '500ms' } },
  tolerance: { own: 0, others: 500, joined: 500 },
}

/** Invalidations are acknowledged long before some process hears of them. */
const HARD_OF_HEARING = {
  ...REDIS_ONLY,
  keys: 1,
  // so many that some are left who join a load that is under way
  readers: 12,
  readEvery: 100,
  writeEvery: 100,
  loadTime: 60,
  ways: ['tag'],
  faults: ['lateNews'],
  faultEvery: 40,
}

/** The way back from Redis fails more than anything else. */
const DEAF = { ...MEMORY, duration: 3_000, faults: ['cut', 'blackHole'], faultEvery: 200 }

const TELL_OF_REMOVAL =
  "    if (keys.length > 0) await announcer.afterwards(namespace, { kind: 'remove', keys })\n"
const REMOVAL = `    const parts: Promise<void>[] = []
    for (let from = 0; from < keys.length; from += size) {
      parts.push(this.#removePart(keys.slice(from, from + size)))
    }
    await Promise.all(parts)
`

const END_TAG = 'await writes.run(script, [keys.tag(tag)], args)'
const TELL_OF_TAG = "await announcer.afterwards(namespace, { kind: 'tags', tags: [tag], soft })"

/** Each of them must be caught within the schedules that `mutants.test.ts` allows. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'nothing is ever revoked',
    file: 'entry/marks.ts',
    find: 'if (since >= this.#moment) return false',
    replace: 'if (since >= 0) return false',
    options: { ...ONE_PROCESS, keys: 1, readEvery: 5 },
  },
  {
    name: 'memory forgets only before Redis does, not afterwards',
    file: 'cache/invalidate.ts',
    find: 'const result = await tell(space, invalidation)\n  bus.announce(space.name, invalidation)',
    replace: 'const result = await tell(space, invalidation)',
    // the script comes a round trip later, behind the reads
    options: { ...ONE_PROCESS, faults: ['forgetScripts'], faultEvery: 20 },
  },
  {
    name: 'Redis is read while it has not been told of every invalidation',
    file: 'cache/engine.ts',
    find: ' && this.queue.depth === 0 ? space.redis',
    replace: ' ? space.redis',
    options: { ...ONE_PROCESS, faults: ['full', 'readOnly', 'cut', 'slow'], faultEvery: 150 },
  },
  {
    name: 'memory is trusted without a sign of life',
    file: 'bus/trust.ts',
    find: 'this.coherentUntil = until',
    replace: 'this.coherentUntil = Infinity',
    // who goes on after a pause reads before it hears
    options: { ...MEMORY, duration: 3_000, faults: ['pause'], faultEvery: 200 },
  },
  {
    name: 'trust does not begin anew when the bus comes back',
    file: 'redis/publish-bus.ts',
    find: 'trust.raise(askedAt + maxStaleness)',
    replace: 'trust.prove(askedAt, maxStaleness, clock.now())',
    options: { ...DEAF, keys: 9, readEvery: 60, writeEvery: 200, faults: ['cut'] },
  },
  {
    name: 'an entry is confirmed whatever became of its tags',
    file: 'redis/entry-reader.ts',
    find: "standingOf(stamp, versionOf(replies[i])) === 'good'",
    replace: 'replies.length > 0',
    options: {
      ...DEAF,
      keys: 9,
      readEvery: 60,
      writeEvery: 200,
      faults: ['cut'],
      faultEvery: 150,
      ways: ['tag'],
    },
  },
  {
    name: 'memory keeps what was read before an invalidation',
    file: 'tier/memory-tier.ts',
    find: 'if (this.#marks.isRevoked(keep.since, key, entry.tags)) return',
    replace: '',
    options: { ...MEMORY, keys: 6, writeEvery: 200, readEvery: 5, ways: ['delete'] },
  },
  {
    name: 'versions of tags are remembered whatever is heard',
    file: 'redis/version-table.ts',
    find: "this.#marks.verdictOfTags(since, [tag]) === 'good'",
    replace: 'this.#versions.size > 0',
    options: MEMORY,
  },
  {
    name: 'a caller takes what a load brings that was revoked before the call',
    file: 'cache/read.ts',
    find: 'if (landing.asOf < call.ticket)',
    replace: 'if (landing.asOf < 0)',
    options: HARD_OF_HEARING,
  },
  {
    name: 'a value is stored without its lease',
    file: 'redis/lease-scripts.ts',
    find: "if head and string.sub(head, 6, 17) == ARGV[at + 1] and string.sub(head, 5, 5) ~= 'F' then",
    replace: "head = head or ''\n  do",
    options: REDIS_ONLY,
  },
  {
    name: 'a value is stored under versions that have passed',
    file: 'redis/lease-scripts.ts',
    find: 'if texts[tonumber(place)] ~= text then return false end',
    replace: '',
    options: HARD_OF_HEARING,
  },
  {
    name: 'a value that was set is stored however late it comes',
    file: 'redis/entry-scripts.ts',
    find: "if now > tonumber(ARGV[3]) then return { 'late' } end",
    replace: '',
    // what was sent by somebody who died since, and so cannot take it back
    options: {
      ...REDIS_ONLY,
      keys: 2,
      duration: 3_000,
      faults: ['blackHole', 'blackHole', 'kill'],
      faultEvery: 100,
      ways: ['set'],
      writeEvery: 20,
    },
  },
  {
    name: 'another server is taken for the one that was written on',
    file: 'redis/namespace-life.ts',
    find: 'if (version.runId !== link.runId) return false',
    replace: '',
    options: { ...REDIS_ONLY, faults: ['failover'], faultEvery: 300, readEvery: 10 },
  },
  {
    name: 'what is sent again on another connection is waited for',
    file: 'tier/guard.ts',
    find: 'for (const waiter of this.#deadlines.drain()) waiter.reject(error)',
    replace: 'this.#cause = error',
    options: {
      ...REDIS_ONLY,
      keys: 2,
      faults: ['failover', 'freeze'],
      faultEvery: 200,
      readEvery: 10,
      redis: { timeout: 2_000, breaker: { halfOpenAfter: 100 } },
    },
  },
  {
    name: 'a key is removed and nobody is told',
    file: 'redis/entry-scripts.ts',
    find: 'tell(ARGV[1], ARGV[2])\nreturn #KEYS',
    replace: 'return #KEYS',
    options: { ...MEMORY, duration: 3_000, ways: ['delete'], writeEvery: 1_000 },
  },
  {
    name: 'in Cluster it is told before it is done',
    file: 'redis/redis-tier.ts',
    find: `${REMOVAL}${TELL_OF_REMOVAL}`,
    replace: `${TELL_OF_REMOVAL}${REMOVAL}`,
    options: { ...MEMORY, masters: 2, keys: 6, writeEvery: 200, readEvery: 5, ways: ['delete'] },
  },
  {
    name: 'in Cluster it is told before the tag ends',
    file: 'redis/cluster-tags.ts',
    find: `${END_TAG}\n        ${TELL_OF_TAG}`,
    replace: `${TELL_OF_TAG}\n        ${END_TAG}`,
    options: { ...MEMORY, masters: 2, keys: 6, writeEvery: 200, readEvery: 5, ways: ['tag'] },
  },
  {
    name: 'a timer that ran into a replay counts as one to come',
    file: 'cache/replay.ts',
    find: 'this.#timer = undefined\n      void this.drain()',
    replace: 'void this.drain()',
    options: {
      ...MEMORY,
      faults: ['slow', 'slow', 'readOnly'],
      faultEvery: 100,
      ways: ['delete'],
      // so slow that a replay takes longer than the pause before the next
      redis: { timeout: 300, breaker: { halfOpenAfter: 100 } },
    },
  },
  {
    name: 'a load for memory alone is joined by who came after what was not heard',
    file: 'cache/store.ts',
    find: 'space.marks.isTrusted(since) && trust.isCoherent(clock.now())',
    replace: 'trust !== undefined && clock !== undefined',
    options: {
      cache: { coherence: { maxStaleness: 250 } },
      tolerance: { own: 0, others: 250, joined: 250 },
      reading: ['memory'],
      ways: ['delete'],
      keys: 1,
      duration: 6_000,
      // long loads, and always somebody who has not joined yet
      loadTime: 2_000,
      policy: { ttl: 300 },
      readers: 60,
      readEvery: 6_000,
      writeEvery: 4_000,
      faults: ['cut'],
      faultEvery: 60,
    },
  },
]
