import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transformWithEsbuild } from 'vite'

type Classes = typeof import('./classes.js')

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const file = join(import.meta.dirname, 'classes.ts')
const typeTests = join(root, 'test/types/decorator.test-d.ts')

/** The classes as each compiler makes them, for both kinds of decorators. Those of NestJS are the last ones. */
export const COMPILERS: readonly (readonly [name: string, compile: () => Promise<Classes>])[] = [
  ['standard decorators, by the test runner', () => import('./classes.js')],
  ['standard decorators, by tsc', () => byTsc({})],
  ['legacy decorators, by esbuild', byEsbuild],
  [
    'legacy decorators, by tsc',
    () => byTsc({ experimentalDecorators: true, emitDecoratorMetadata: true }),
  ],
]

async function byEsbuild(): Promise<Classes> {
  const source = await readFile(file, 'utf8')
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } }
  return await load((await transformWithEsbuild(source, file, { tsconfigRaw })).code)
}

/** Checks the types as well, those of the type tests too: they have to be right for both kinds. */
async function byTsc(options: Readonly<Record<string, unknown>>): Promise<Classes> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-decorator-'))
  const project = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      typeRoots: [join(root, 'node_modules/@types')],
      noEmit: false,
      rootDir: root,
      outDir: folder,
      ...options,
    },
    include: [],
    files: [file, typeTests],
  }
  try {
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
    await tsc(folder)
    return await load(await readFile(join(folder, 'test/unit/decorator/classes.js'), 'utf8'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function tsc(folder: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [compiler, '-p', folder]).catch((error: { stdout?: string }) => {
    throw new Error(error.stdout ?? 'tsc did not run', { cause: error })
  })
}

async function load(code: string): Promise<Classes> {
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Classes
}
