import { createRequire } from 'node:module'

const requireHere = createRequire(new URL('./native/package.json', import.meta.url))

/**
 * A package with a binary in it, of `bench/http/native`: they are large, and installed only when asked for. Throws why it is
 * not to be had.
 */
export function nativePackage(name: string): unknown {
  try {
    return requireHere(name)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'MODULE_NOT_FOUND') throw new Error(`left out: ${message}`, { cause: error })
    throw new Error(`left out: ${name} is not installed (bash bench/http/install.sh)`, {
      cause: error,
    })
  }
}
