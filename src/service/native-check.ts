import { NativeUnavailableError } from '../errors.js'
import { createServer } from '../server/create-server.js'

/** Why the native listener cannot run here; undefined: it can. Found out by letting it listen for a moment. */
export async function nativeProblem(): Promise<string | undefined> {
  const server = createServer({ port: 0, host: '127.0.0.1', native: true })
  try {
    await server.listen()
    return undefined
  } catch (error) {
    if (error instanceof NativeUnavailableError) return error.message
    throw error
  } finally {
    await server.close()
  }
}
