import { describe } from 'vitest'
import { loadBinding } from '../../src/native/binding.js'

const loaded = await loadBinding()

/** Like `describe`; skipped without the addon, unless `STRATA_REQUIRE_NATIVE=1`: then it fails. */
export function describeNative(name: string, body: () => void): void {
  if (loaded.binding !== undefined || process.env['STRATA_REQUIRE_NATIVE'] === '1') {
    describe(name, body)
  } else describe.skip(`${name} (skipped: ${loaded.reason})`, body)
}
