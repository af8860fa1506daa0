const OPENING = '<!-- bench: '
const CLOSING = '<!-- /bench -->'
const BLOCK = /^<!-- bench: ([\w-]+) -->\n[\s\S]*?^<!-- \/bench -->$/gm

/** The text with what stands between each pair of marks, `<!-- bench: NAME -->` and `<!-- /bench -->`, made anew. */
export function renderBlocks(text: string, render: (name: string) => string): string {
  assertPaired(text)
  return text.replace(
    BLOCK,
    (_, name: string) => `${OPENING}${name} -->\n${render(name)}\n${CLOSING}`,
  )
}

/** The text without its blocks: what a hand wrote. */
export function withoutBlocks(text: string): string {
  assertPaired(text)
  return text.replace(BLOCK, '')
}

export function blockNames(text: string): readonly string[] {
  return [...text.matchAll(BLOCK)].map(([, name = '']) => name)
}

/** A mark that is alone, or misspelt, would leave old figures as they are. */
function assertPaired(text: string): void {
  const blocks = blockNames(text).length
  for (const mark of [OPENING, CLOSING]) {
    const marks = text.split(mark).length - 1
    if (marks !== blocks) throw new Error(`${marks} times '${mark}', ${blocks} blocks`)
  }
}
