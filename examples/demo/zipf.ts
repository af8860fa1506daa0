/** Numbers from 1 to `count`, the first the most often: how readers choose among posts. */
export function createZipf(
  count: number,
  exponent: number,
  random: () => number = Math.random,
): () => number {
  const sums = new Float64Array(count)
  let sum = 0
  for (let rank = 1; rank <= count; rank++) sums[rank - 1] = sum += rank ** -exponent
  return () => {
    const target = random() * sum
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sums[middle]! < target) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}
