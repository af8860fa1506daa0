import { describe, expect, it } from 'vitest'
import { blockNames, renderBlocks, withoutBlocks } from '../../../bench/report/block.js'

const text = [
  'before',
  '<!-- bench: one -->',
  'old',
  '<!-- /bench -->',
  'between',
  '<!-- bench: two -->',
  '<!-- /bench -->',
  'after',
].join('\n')

describe('blocks of a document', () => {
  it('are made anew by their names, and nothing else changes', () => {
    expect(renderBlocks(text, (name) => `figures of ${name}`)).toBe(
      text.replace('old', 'figures of one').replace('two -->', 'two -->\nfigures of two'),
    )
  })

  it('are the same when made again', () => {
    const once = renderBlocks(text, (name) => `a $& b ${name}\n\nc`)
    expect(renderBlocks(once, (name) => `a $& b ${name}\n\nc`)).toBe(once)
  })

  it('have names', () => {
    expect(blockNames(text)).toEqual(['one', 'two'])
  })

  it('can be taken away', () => {
    expect(withoutBlocks(text)).toBe('before\n\nbetween\n\nafter')
  })

  it.each([
    ['is not closed', '<!-- bench: one -->\nold\n'],
    ['is not opened', 'old\n<!-- /bench -->\n'],
    ['has no name', '<!-- bench: -->\nold\n<!-- /bench -->\n'],
    ['is closed in its first line', '<!-- bench: one --> <!-- /bench -->\n'],
  ])('are refused when one %s', (_, wrong) => {
    expect(() => renderBlocks(wrong, () => '')).toThrow('blocks')
  })
})
