import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { Case } from '../case.js'

/** How a program that is compared with, or stands behind, tells its version. */
const PROGRAMS = [
  { name: 'Redis', command: 'redis-server', word: '--version', pattern: /v=(\S+)/ },
  { name: 'nginx', command: 'nginx', word: '-v', pattern: /nginx\/(\S+)/ },
  { name: 'Varnish', command: 'varnishd', word: '-V', pattern: /varnish-(\S+)/ },
]

/** Where the libraries that are compared with are installed. */
const FOLDERS = ['../', '../http/native/']

/** Packages that contestants are not called by. */
const CALLED: Readonly<Record<string, string>> = {
  '@epic-web/cachified': 'cachified',
  '@trufflesuite/uws-js-unofficial': 'uWebSockets.js',
}

export type Versions = Readonly<Record<string, string>>
type Found = readonly [name: string, version: string | undefined]

/** Node, and each program that the case names or is given. */
export function programsOf(benchmark: Case): Versions {
  const { title, about, redis } = benchmark
  const server = redis === undefined ? '' : 'Redis'
  const text = [title, about, server, contestantsOf(benchmark)].join('\n')
  const named = PROGRAMS.filter(({ name }) => text.includes(name))
  const found = named.map((program): Found => [program.name, versionOf(program)])
  return versions([['Node', process.versions.node], ...found])
}

/** Each library that a contestant is called by. */
export function librariesOf(benchmark: Case): Versions {
  const contestants = contestantsOf(benchmark)
  return versions(FOLDERS.flatMap(installed).filter(([name]) => isNamed(name, contestants)))
}

function contestantsOf({ contestants }: Case): string {
  return contestants.map(({ name }) => name).join('\n')
}

/** Without what is not there. */
function versions(found: readonly Found[]): Versions {
  return Object.fromEntries(
    found.flatMap(([name, version]) => (version === undefined ? [] : [[name, version]])),
  )
}

function versionOf({ command, word, pattern }: (typeof PROGRAMS)[number]): string | undefined {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` }
  const { stdout, stderr } = spawnSync(command, [word], { encoding: 'utf8', env })
  return pattern.exec(`${stdout}${stderr}`)?.[1]
}

/** Contestants have the name of their package in theirs: `Fastify + lru-cache`. */
function isNamed(library: string, contestants: string): boolean {
  const escaped = library.replace(/[.-]/g, '\\$&')
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'i').test(contestants)
}

/** The dependencies of the package in this folder, and which version of each is there. */
function installed(folder: string): Found[] {
  const { dependencies } = readPackage(new URL(`${folder}package.json`, import.meta.url))
  return Object.keys(dependencies ?? {}).map((name) => {
    const file = new URL(`${folder}node_modules/${name}/package.json`, import.meta.url)
    return [CALLED[name] ?? name, existsSync(file) ? readPackage(file).version : undefined]
  })
}

interface Package {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

function readPackage(file: URL): Package {
  return JSON.parse(readFileSync(file, 'utf8')) as Package
}
