import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Two processes that write one PGlite directory destroy it. The lock is a listening socket and not a file with a process
 * id: nobody answers any more when its owner is gone, however that ended.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const address = addressOf(directory)
  if (await isAnswered(address)) {
    throw new Error(
      `another process is using ${directory}: stop it, or set DATABASE_URL or another directory for this one`,
    )
  }
  if (address.endsWith('.sock')) rmSync(address, { force: true })
  const server = createServer((peer) => peer.destroy()).unref()
  await new Promise<void>((done, failed) => server.once('error', failed).listen(address, done))
  return () => new Promise((done) => server.close(() => done()))
}

/** Names without a file where there are such, since a file stays behind when its owner is killed. */
function addressOf(directory: string): string {
  const hash = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16)
  const name = `strata-demo-${hash}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), `${name}.sock`)
}

function isAnswered(socket: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(socket)
    probe.once('connect', () => done(true)).once('error', () => done(false))
    probe.once('connect', () => probe.destroy())
  })
}
