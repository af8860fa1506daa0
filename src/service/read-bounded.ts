import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'

/** Of a file that people write. */
const MOST = 2 ** 20

/** A file of at most 1 MB. Throws an error that says what is wrong without the path, which whoever asks knows. */
export function readBounded(path: string): string {
  const fd = opened(path)
  try {
    const { size } = fstatSync(fd)
    if (size > MOST) throw new Error(`it has ${size} bytes; at most ${MOST} are read`)
    const bytes = readFileSync(fd)
    // what is no file has no size before it is read
    if (bytes.length > MOST) throw new Error(`it has over ${MOST} bytes`)
    return bytes.toString('utf8')
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : cannotRead(error)
  } finally {
    closeSync(fd)
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw cannotRead(error)
  }
}

function cannotRead(error: unknown): Error {
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  return new Error(`it cannot be read (${code})`)
}
