import type { Mutant } from './mutant.js'

const ONE_PROCESS = { processes: 1, readers: 3, writers: 2 }

/** Each of them must be caught within the schedules that `mutants.test.ts` allows. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'nothing is ever revoked',
    file: 'entry/marks.ts',
    find: 'if (since >= this.#moment) return false',
    replace: 'if (since >= 0) return false',
    options: ONE_PROCESS,
  },
  {
    name: 'memory forgets only before Redis does, not afterwards',
    file: 'cache/invalidate.ts',
    find: 'const result = await tell(space, invalidation)\n  bus.announce(space.name, invalidation)',
    replace: 'const result = await tell(space, invalidation)',
    options: ONE_PROCESS,
  },
  {
    name: 'Redis is read while it has not been told of every invalidation',
    file: 'cache/engine.ts',
    find: ' && this.queue.depth === 0 ? space.redis',
    replace: ' ? space.redis',
    options: { ...ONE_PROCESS, faults: ['full', 'readOnly', 'cut', 'slow'], faultEvery: 150 },
  },
]
