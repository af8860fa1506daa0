import { open } from 'node:fs/promises'
import { Failure } from './failure.js'

/** Bytes that are taken from a file or standard input: what no service would take is not read to its end. */
const MOST = 64 * 2 ** 20

/** What is to be stored: `-` standard input, `@FILE` a file, else the text itself. Throws `Failure`. */
export async function readValue(said: string, stdin: NodeJS.ReadableStream): Promise<Uint8Array> {
  if (said === '-') return collected(stdin, 'standard input')
  if (!said.startsWith('@')) return Buffer.from(said)
  const path = said.slice(1)
  try {
    const file = await open(path)
    return await collected(file.createReadStream(), path)
  } catch (error) {
    if (error instanceof Failure) throw error
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw new Failure(2, `${path} cannot be read (${code})`)
  }
}

async function collected(source: NodeJS.ReadableStream, name: string): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    length += bytes.length
    if (length > MOST) throw new Failure(4, `${name} holds more than ${MOST} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
