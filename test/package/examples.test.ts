import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, inject, test } from 'vitest'
import { EXAMPLES, indexedExamples, packagesOf, readExample } from '../support/example-index.js'
import { node } from './project.js'

/** Those that need no other package. */
const files = indexedExamples()
  .map(({ file }) => file)
  .filter((file) => file.endsWith('.ts') && packagesOf(readExample(file)).length === 0)

const consumer = inject('consumer')
const folder = join(consumer, 'examples')

beforeAll(async () => {
  await mkdir(folder)
  await Promise.all(files.map((file) => copyFile(join(EXAMPLES, file), join(folder, file))))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    outDir: 'built',
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  const compiled = await node(folder, join(consumer, 'node_modules/typescript/bin/tsc'))
  expect(compiled).toEqual({ status: 0, stdout: '', stderr: '' })
})

test.each(['read-through', 'decorator', 'service-client'])(
  'the example %s, copied into a project of ES modules, compiles and runs',
  async (name) => {
    const { status, stdout } = await node(folder, join('built', `${name}.js`))
    expect([status, stdout]).toEqual([0, expect.stringContaining('queries: 1\n')])
  },
)
