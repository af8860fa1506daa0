/** `; did you mean get?`, or nothing where no name is near. */
export function didYouMean(said: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, distance: distanceOf(said, name) }))
    .filter(({ name, distance }) => distance <= Math.ceil(name.length / 3))
    .toSorted((a, b) => a.distance - b.distance)[0]
  return near === undefined ? '' : `; did you mean ${near.name}?`
}

/** Letters to add, leave out or change (Levenshtein). What is much too long is near to nothing. */
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > b.length) return Infinity
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    above = row
  }
  return above[b.length] ?? Infinity
}
