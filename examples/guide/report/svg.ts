/** An element of an SVG as text; what stands in attributes and text is escaped. */
export type Element = string & { readonly isElement: unique symbol }

type Attributes = Readonly<Record<string, string | number>>

export function element(name: string, attributes: Attributes, ...content: Element[]): Element {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${textOf(value)}"`)
  const start = `<${name}${written.join('')}`
  return (content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${name}>`) as Element
}

function text(content: string): Element {
  return escape(content) as Element
}

const textOf = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 10) / 10) : escape(value)

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

export interface Drawing {
  readonly width: number
  readonly height: number
  readonly title: string
  /** What the drawing shows, for those who do not see it. */
  readonly description: string
}

// Each pair holds 4.5:1 (text) and 3:1 (marks) against its own ground, in both schemes.
const style = `
svg { --ground: #ffffff; --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0; --before: #818b98; --measured: #0969da; --claim: #bc4c00 }
@media (prefers-color-scheme: dark) {
  svg { --ground: #0d1117; --ink: #f0f6fc; --quiet: #9198a1; --line: #3d444d; --before: #656c76; --measured: #4493f8; --claim: #f0883e }
}
text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--ground); stroke-width: 3px }
.title { font-size: 15px; font-weight: 600 }
.group { font-weight: 600 }
.quiet { fill: var(--quiet) }
.ground { fill: var(--ground) }
.line { stroke: var(--line) }
.one { stroke: var(--quiet) }
.before { fill: var(--before) }
.measured { fill: var(--measured) }
.claim { fill: var(--claim); stroke: var(--claim) }
.span { stroke: var(--measured); stroke-width: 2; opacity: 0.5 }
`

/** A whole picture with its own ground, so that it can be read on a page of either scheme. */
export function drawing(
  { width, height, title, description }: Drawing,
  content: readonly Element[],
): string {
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': 'title desc',
    },
    element('title', { id: 'title' }, text(title)),
    element('desc', { id: 'desc' }, text(description)),
    element('style', {}, text(style)),
    element('rect', { class: 'ground', width, height, rx: 6 }),
    ...content,
  )}\n`
}

export function label(x: number, y: number, content: string, attributes: Attributes = {}): Element {
  return element('text', { x, y, ...attributes }, text(content))
}
