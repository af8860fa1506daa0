import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeNative } from '../support/native.js'
import { createProject, node, npm } from './project.js'

const REPOSITORY = join(import.meta.dirname, '../..')
const FIXTURES = join(import.meta.dirname, 'fixtures/native')

/** A package of the main one and one for a platform, for instance `strata-cache-linux-x64-gnu-0.1.0.tgz`. */
const PLATFORM = /^strata-cache-(linux|darwin|win32)-/

describeNative('the packed packages, installed where there is no Rust', () => {
  let scratch = ''
  let tarballs: readonly string[] = []
  let folder = ''
  let env: NodeJS.ProcessEnv = {}

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'strata-native-'))
    const packed = join(scratch, 'packed')
    await npm(REPOSITORY, 'exec', '--', 'tsx', 'scripts/package-native.ts', packed)
    tarballs = (await readdir(packed)).map((name) => join(packed, name))
    env = { ...process.env, PATH: await pathWithoutCargo(join(scratch, 'bin')) }
    folder = await createProject(tarballs, env)
    await cp(FIXTURES, folder, { recursive: true })
  })

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true })
  })

  test('are the main one and that of this platform', () => {
    expect(tarballs.map((file) => PLATFORM.test(basename(file)))).toEqual([false, true])
  })

  test('the main one asks for that of the platform in its own version, and compiles nothing', async () => {
    const main = await manifestOf('strata-cache')
    const platform = Object.keys(main.optionalDependencies ?? {})
    expect(platform).toHaveLength(1)
    const { name, version, os, cpu, scripts } = await manifestOf(platform[0]!)
    expect(main.optionalDependencies).toEqual({ [name]: version })
    expect({ version, os, cpu, scripts }).toEqual({
      version: main.version,
      os: [process.platform],
      cpu: [process.arch],
      scripts: undefined,
    })
    const installing = ['preinstall', 'install', 'postinstall', 'prepare']
    expect(Object.keys(main.scripts ?? {}).filter((script) => installing.includes(script))).toEqual(
      [],
    )
  })

  test('the addon loads', async () => {
    const { status, stdout, stderr } = await node(folder, 'load.mjs')
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'NativeFront NativeStore\n',
      stderr: '',
    })
  })

  test('a server answers from the cache in Rust, also while its JavaScript is busy', async () => {
    const { status, stdout, stderr } = await node(folder, 'serve.mjs')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      native: true,
      isAnswered: true,
      first: { text: '{"runs":1}', status: 'strata; fwd=uri-miss; stored' },
      second: { text: '{"runs":1}', status: expect.stringMatching(/^strata; hit; ttl=[56]\d$/) },
    })
  })

  test('without the package of the platform, the main one says what is missing', async () => {
    const alone = await createProject(tarballs.filter((file) => !PLATFORM.test(basename(file))))
    try {
      await cp(FIXTURES, alone, { recursive: true })
      const { status, stdout } = await node(alone, 'load.mjs')
      const platform = Object.keys((await manifestOf('strata-cache')).optionalDependencies ?? {})
      const reason = `no addon for ${process.platform} ${process.arch} loads: Cannot find module '${platform[0]}'\n`
      expect({ status, stdout }).toEqual({ status: 0, stdout: reason })
    } finally {
      await rm(alone, { recursive: true, force: true })
    }
  })

  async function manifestOf(name: string): Promise<Manifest> {
    const file = join(folder, 'node_modules', name, 'package.json')
    return JSON.parse(await readFile(file, 'utf8')) as Manifest
  }
})

interface Manifest {
  readonly name: string
  readonly version: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly scripts?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** A folder that has Node and npm and nothing else, as the whole PATH. */
async function pathWithoutCargo(bin: string): Promise<string> {
  await mkdir(bin)
  await symlink(process.execPath, join(bin, 'node'))
  const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v npm'])
  await symlink(stdout.trim(), join(bin, 'npm'))
  return bin
}
