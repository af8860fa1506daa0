import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { NATIVE, REPOSITORY } from './toolchain.js'

/** What the addon, its loader and its typings are made of. */
const SOURCES = [
  'Cargo.toml',
  'Cargo.lock',
  'build.rs',
  'napi.json',
  'src',
  'engine/Cargo.toml',
  'engine/src',
]

/** Changes when any source of the addon does, the version of the package, or the machine it is built on. */
export function fingerprintOf(): string {
  const hash = createHash('sha256')
  hash.update(
    `${versionOf('package.json')} ${versionOf('node_modules/@napi-rs/cli/package.json')} `,
  )
  hash.update(`${process.platform} ${process.arch} ${process.env['RUSTFLAGS'] ?? ''}\0`)
  for (const file of SOURCES.flatMap((source) => filesOf(join(NATIVE, source)))) {
    hash
      .update(`${relative(NATIVE, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesOf(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path]
  const entries = readdirSync(path, { recursive: true, withFileTypes: true, encoding: 'utf8' })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name)).toSorted()
}

function versionOf(file: string): string {
  const manifest = JSON.parse(readFileSync(join(REPOSITORY, file), 'utf8')) as { version: string }
  return manifest.version
}
