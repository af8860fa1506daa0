import { totalmem } from 'node:os'

const MB = 2 ** 20

/** Bytes that this process may use: the bound of its container if there is one, else what the machine has. */
function memoryThereIs(): number {
  const machine = totalmem()
  // 0 or undefined: unknown; without a bound cgroups say a number beyond any machine
  const bound = (process.constrainedMemory() as number | undefined) ?? 0
  return bound > 0 && bound < machine ? bound : machine
}

/** `most`, or this share of the memory there is where that is less; never under 1 MB. */
export function memoryShare(most: number, share: number, there: number = memoryThereIs()): number {
  return Math.max(MB, Math.min(most, Math.floor(there * share)))
}
