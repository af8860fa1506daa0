/** `cargo` in `native/` for the checks of `npm run ready`: without cargo they are left out, in CI they fail. */
import { isNativeRequired, NATIVE, run, whyNoCargo } from './toolchain.js'

const args = process.argv.slice(2)
const missing = whyNoCargo()
if (missing === undefined) process.exitCode = run('cargo', args, NATIVE)
else {
  console.log(`cargo ${args[0] ?? ''} is left out: ${missing}`)
  process.exitCode = isNativeRequired ? 1 : 0
}
