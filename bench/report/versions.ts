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

type Found = [name: string, version: string | undefined]

/** Of Node, and of each program and library that the case names, where it is installed. */
export function versionsFor(benchmark: Case): Record<string, string> {
  const names = benchmark.contestants.map(({ name }) => name).join('\n')
  const text = [names, benchmark.title, benchmark.about].join('\n')
  const programs = PROGRAMS.filter(({ name }) => text.includes(name)).map((program): Found => [
    program.name,
    versionOf(program),
  ])
  const libraries = FOLDERS.flatMap(installed).filter(([name]) => isNamed(name, names))
  const node: Found = ['Node', process.versions.node]
  return Object.fromEntries(
    [node, ...programs, ...libraries].flatMap(([name, version]) =>
      version === undefined ? [] : [[name, version]],
    ),
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
