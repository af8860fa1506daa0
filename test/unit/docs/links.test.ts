import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
const texts = ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => `docs/${name}`)]

interface Link {
  readonly from: string
  readonly to: string
}

/** Links between files of the repository: those of other hosts are not asked. */
const links = texts.flatMap((from) =>
  [...withoutCode(textOf(from)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match): Link => ({ from, to: match[1] ?? '' }))
    .filter(({ to }) => !/^[a-z]+:/.test(to)),
)

describe('links', () => {
  it.each(texts)('of %s lead to files and headings that exist', (text) => {
    const broken = links.filter((link) => link.from === text && !leadsSomewhere(link))
    expect(broken).toEqual([])
  })

  it('are found', () => {
    expect(links.length).toBeGreaterThan(50)
    expect(leadsSomewhere({ from: 'README.md', to: 'docs/concepts.md#a-read' })).toBe(true)
    expect(leadsSomewhere({ from: 'README.md', to: 'docs/concepts.md#nothing' })).toBe(false)
    expect(leadsSomewhere({ from: 'README.md', to: 'docs/nothing.md' })).toBe(false)
  })

  it('of docs/README.md lead to every page of docs', () => {
    const index = 'docs/README.md'
    const listed = links.filter(({ from }) => from === index).map((link) => targetOf(link)[0])
    const others = pages.map((name) => `docs/${name}`).filter((page) => page !== index)
    expect(others.filter((page) => !listed.includes(page))).toEqual([])
  })
})

/** The file and the heading, from the root. */
function targetOf({ from, to }: Link): [string, string | undefined] {
  const [file = '', heading] = to.split('#')
  return [file === '' ? from : join(dirname(from), file), heading]
}

function leadsSomewhere(link: Link): boolean {
  const [file, heading] = targetOf(link)
  if (!existsSync(join(root, file))) return false
  return heading === undefined || headingsOf(file).includes(heading)
}

/** As GitHub makes anchors of headings. */
function headingsOf(file: string): string[] {
  return [...withoutCode(textOf(file)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '')
}
