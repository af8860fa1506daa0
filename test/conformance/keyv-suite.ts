import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite'
import { Keyv } from 'keyv'
import Keyv4 from 'keyv4'
import { Keyv as Keyv6 } from 'keyv6'
import * as vitest from 'vitest'
import { createKeyvStore } from '../../src/compat/keyv.js'
import type { Cache } from '../../src/index.js'
import { type Deviations, IN_KEYV_4, IN_KEYV_5, IN_KEYV_6 } from './keyv-deviations.js'

const VERSIONS = [
  ['Keyv 5', Keyv, IN_KEYV_5],
  ['Keyv 4', Keyv4, IN_KEYV_4],
  ['Keyv 6', Keyv6, IN_KEYV_6],
] as const

/**
 * The suite that Keyv publishes for stores, against a store over the cache, under each version of Keyv. (The package of the suite
 * names sqlite3 and a tool for coverage, which the suite does not load: package.json puts something small in their place.)
 */
export function describeKeyv(name: string, open: () => Cache): void {
  for (const [version, Class, deviations] of VERSIONS) {
    vitest.describe(`${version}, ${name}`, () => {
      const store = () => createKeyvStore(open())
      const met = new Set<string>()
      const runner = { ...vitest, it: deviating(deviations, met) } as typeof vitest
      const keyv = Class as unknown as typeof Keyv
      keyvTestSuite(runner, keyv, store)
      keyvIteratorTests(runner, keyv, store)
      vitest.it('has every test that is listed as a deviation', () => {
        vitest.expect([...met].toSorted()).toEqual([...deviations.keys()].toSorted())
      })
    })
  }
}

type Body = (context: vitest.TestContext) => unknown

/** `it`, which expects a test that is listed to fail. */
function deviating(deviations: Deviations, met: Set<string>) {
  return (title: string, body: Body): void => {
    const reason = deviations.get(title)
    if (reason === undefined) {
      vitest.it(title, body)
      return
    }
    met.add(title)
    vitest.it.fails(`${title} (not here: ${reason})`, body)
  }
}
