import { beforeEach, describe, expect, it } from 'vitest'
import { Rows } from '../../../src/checker/rows.js'

describe('the rows of the database', () => {
  let rows: Rows
  let done: string[]

  beforeEach(() => {
    rows = new Rows()
    done = []
  })

  const write = (name: string, keys: string[], holder?: string) =>
    rows.write(keys, holder, (versions) => done.push(`${name} ${versions.join(' ')}`))

  it('have version 0 until they are written, then rise by one', () => {
    expect(rows.read('a')).toBe(0)
    write('first', ['a'])
    write('second', ['a', 'b'])
    expect(done).toEqual(['first 1', 'second 2 1'])
    expect(rows.all()).toEqual([
      ['a', 2],
      ['b', 1],
    ])
  })

  it('that are held make others wait for their release, in order', () => {
    write('held', ['a'], 'h')
    write('second', ['a', 'b'])
    write('third', ['a'])
    write('other', ['c'])
    expect(done).toEqual(['held 1', 'other 1'])
    expect([rows.read('a'), rows.read('b')]).toEqual([1, 0])
    rows.release('h')
    expect(done.slice(2)).toEqual(['second 2 1', 'third 3'])
  })

  it('can be held by one after the other', () => {
    write('first', ['a'], 'h1')
    write('second', ['a'], 'h2')
    rows.release('h1')
    write('third', ['a'])
    expect(done).toEqual(['first 1', 'second 2'])
    rows.release('h2')
    expect(done).toEqual(['first 1', 'second 2', 'third 3'])
  })

  it('forget who waited to hold and went away', () => {
    write('first', ['a'], 'h1')
    write('gone', ['a'], 'h2')
    rows.release('h2')
    rows.release('h1')
    write('third', ['a'])
    expect(done).toEqual(['first 1', 'third 2'])
  })
})
