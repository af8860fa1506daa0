import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { node } from './project.js'

const folder = join(inject('consumer'), 'dashboard')

test('the page of the service is in the package, with all its files', async () => {
  await cp(join(import.meta.dirname, 'fixtures/dashboard'), folder, { recursive: true })
  const { status, stdout, stderr } = await node(folder, join(folder, 'page.mjs'))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const files = stdout.trim().split('\n')
  expect(files).toContain('assets/main.js 200 text/javascript; charset=utf-8')
  expect(files).toContain('assets/uplot.js 200 text/javascript; charset=utf-8')
  expect(files.filter((file) => !file.includes(' 200 '))).toEqual([])
})
