import { ServiceRefusedError, ServiceUnavailableError, StrataError } from '../errors.js'

/** Something like Node's process: Deno and Bun have it too, browsers do not. */
interface Warning {
  emitWarning?: (message: string, options: { type: string; code: string }) => void
}

/** Says each kind of failure once: a token that is wrong must not be suffered in silence as slowness. */
export function warn(): (error: unknown) => void {
  const said = new Set<string>()
  return (error) => {
    const kind = kindOf(error)
    if (said.has(kind)) return
    said.add(kind)
    const message = `${error instanceof Error ? error.message : String(error)} (said once; see onError)`
    const { process } = globalThis as { process?: Warning }
    if (process?.emitWarning !== undefined) {
      const code = error instanceof StrataError ? error.code : 'STRATA_CLIENT'
      process.emitWarning(message, { type: 'StrataWarning', code })
    } else {
      // oxlint-disable-next-line no-console -- a browser has no other place for it
      console.warn(message)
    }
  }
}

/** One of a few: what was said is remembered for the life of the client. */
function kindOf(error: unknown): string {
  if (error instanceof ServiceRefusedError) return `refused ${error.status}`
  if (error instanceof ServiceUnavailableError) return error.reason
  return error instanceof StrataError ? error.code : 'other'
}
