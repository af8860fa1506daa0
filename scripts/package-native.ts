/**
 * Packs what is published: a package for every addon in `native/` (in CI of a release: one for each target, gathered from
 * its builds), and the main package, whose `optionalDependencies` name them. They are added here and not in package.json:
 * `npm ci` in a clone must not look for packages that no registry has yet.
 *
 * `npm run package:native [-- folder]`: the tarballs are written to `packages/`, or to that folder.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { NATIVE, REPOSITORY } from './toolchain.js'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly [field: string]: unknown
}

/** As Node and npm call platforms; file names of addons have them. */
const ADDON = /^strata-native\.((linux|darwin|win32)-(x64|arm64)(?:-(gnu|musl|msvc))?)\.node$/

/** What the packages of platforms share with the main one. */
const SHARED = ['version', 'license', 'author', 'engines'] as const

const scratch = mkdtempSync(join(tmpdir(), 'strata-packing-'))
const folder = resolve(process.argv[2] ?? join(REPOSITORY, 'packages'))
try {
  packAll()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function packAll(): void {
  const addons = readdirSync(NATIVE).filter((file) => ADDON.test(file))
  if (addons.length === 0) throw new Error('there is no addon in native/: npm run build:native')
  mkdirSync(folder, { recursive: true })
  const main = readManifest(REPOSITORY)
  const platforms = addons.map((addon) => packPlatform(main, addon))
  packMain(platforms)
}

/** The addon alone. Its fields let npm install it on its platform only. */
function packPlatform(main: Manifest, addon: string): Manifest {
  const [, suffix, os, cpu, abi] = ADDON.exec(addon) ?? []
  const name = `${main.name}-${suffix}`
  const at = join(scratch, name)
  mkdirSync(at)
  cpSync(join(NATIVE, addon), join(at, addon))
  cpSync(join(REPOSITORY, 'LICENSE'), join(at, 'LICENSE'))
  writeFileSync(
    join(at, 'README.md'),
    `# ${name}\n\nThe native listener of ${main.name} for ${suffix}.\n`,
  )
  const manifest: Manifest = {
    name,
    description: `The native listener of ${main.name} for ${suffix}`,
    ...Object.fromEntries(SHARED.map((field) => [field, main[field]])),
    version: main.version,
    main: addon,
    files: [addon],
    os: [os],
    cpu: [cpu],
    ...(os === 'linux' && { libc: [abi === 'musl' ? 'musl' : 'glibc'] }),
  }
  writeManifest(at, manifest)
  pack(at, folder)
  return manifest
}

/** The package as `npm pack` makes it, with the packages of the platforms as optional dependencies of its own version. */
function packMain(platforms: readonly Manifest[]): void {
  const tarball = pack(REPOSITORY, scratch)
  execFileSync('tar', ['-xzf', tarball, '-C', scratch])
  const at = join(scratch, 'package')
  const optionalDependencies = Object.fromEntries(
    platforms.map(({ name, version }) => [name, version]),
  )
  writeManifest(at, { ...readManifest(at), optionalDependencies })
  pack(at, folder)
}

/** Returns the tarball's path. */
function pack(at: string, to: string): string {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', to]
  const printed = execFileSync('npm', args, { cwd: at, encoding: 'utf8' })
  const [packed] = JSON.parse(printed) as [{ filename: string }]
  console.log(packed.filename)
  return join(to, packed.filename)
}

function readManifest(at: string): Manifest {
  return JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as Manifest
}

function writeManifest(at: string, manifest: Manifest): void {
  writeFileSync(join(at, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
}
