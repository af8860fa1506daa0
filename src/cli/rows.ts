/** Lines of two columns, the left one as wide as it must be. What is longer than a line goes on below itself. */
export function rows(pairs: readonly (readonly [label: string, text: string])[]): string {
  const width = Math.max(0, ...pairs.map(([label]) => label.length))
  const indent = ' '.repeat(width + 2)
  return pairs
    .map(
      ([label, text]) =>
        `${label.padEnd(width)}  ${printable(text).replaceAll('\n', `\n${indent}`)}\n`,
    )
    .join('')
}

/** What a terminal would take for a command of its own is escaped: keys and values come from anywhere. */
export function printable(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
