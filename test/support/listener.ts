import { loadBinding } from '../../src/native/binding.js'

/** Which listener the servers of this run have: the same tests are run with each (see vitest.config.ts). */
export const listener: 'typescript' | 'native' =
  process.env['STRATA_LISTENER'] === 'native' ? 'native' : 'typescript'

const { binding, reason } = await loadBinding()
// a server would run the other one, and nothing would be tested
if (listener === 'native' && binding === undefined) throw new Error(reason)
