import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Of a file that people write. */
const MOST = 2 ** 20

/** A file of at most 1 MB. Throws an error that says what is wrong without the path, which whoever asks knows. */
export function readBounded(path: string): string {
  const fd = opened(path)
  try {
    const { size } = fstatSync(fd)
    if (size > MOST) throw new Error(`it has ${size} bytes; at most ${MOST} are read`)
    return textOf(fd)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : cannotRead(error)
  } finally {
    closeSync(fd)
  }
}

/** What is no file has no size before it is read, and may have no end. */
function textOf(fd: number): string {
  const bytes = Buffer.allocUnsafe(MOST + 1)
  let length = 0
  for (let more = -1; more !== 0 && length <= MOST; length += more) {
    more = readSync(fd, bytes, length, bytes.length - length, null)
  }
  if (length > MOST) throw new Error(`it has over ${MOST} bytes`)
  return bytes.toString('utf8', 0, length)
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
