/**
 * How much of a text is not in another one: 0 (all of it is) to 1. By the longest common subsequence of their characters,
 * as a diff finds it: the work grows with the product of their lengths.
 */
export function noveltyOf(text: string, before: string): number {
  if (text.length === 0) return 0
  let row = new Uint16Array(before.length + 1)
  let above = new Uint16Array(before.length + 1)
  for (let i = 1; i <= text.length; i++) {
    const char = text.charCodeAt(i - 1)
    ;[row, above] = [above, row]
    for (let j = 1; j <= before.length; j++) {
      row[j] =
        char === before.charCodeAt(j - 1) ? above[j - 1]! + 1 : Math.max(above[j]!, row[j - 1]!)
    }
  }
  return Number((1 - row[before.length]! / text.length).toFixed(3))
}
