import { InvalidOptionError } from '../errors.js'

/** Throws `InvalidOptionError` for a name that is not among those known. */
export function assertKnown(options: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (names.includes(name)) continue
    throw new InvalidOptionError(name, value, `no option of this name; known: ${names.join(', ')}`)
  }
}

/** What an optional peer exports, loaded when it is first needed: this entry point works with any of them missing. */
export function peer(load: () => unknown, name: string, option: string): unknown {
  try {
    return load()
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown }
    if (code !== 'MODULE_NOT_FOUND' || !String(message).includes(`'${name}'`)) throw error
    throw new InvalidOptionError(option, undefined, `to be given, or ${name} installed`)
  }
}
