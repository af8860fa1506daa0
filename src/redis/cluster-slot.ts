/** How many slots a Cluster has. */
const SLOTS = 16_384

/** The slot of a hash tag: CRC-16 (XMODEM) modulo the number of slots (Redis Cluster specification, appendix A). */
export function slotOf(tag: string): number {
  let crc = 0
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
    }
    crc &= 0xffff
  }
  return crc % SLOTS
}

/** Tags tried at most: with one slot of 16,384 the first that fits comes after that many, on average. */
const MOST_TRIES = 400_000

/** A short hash tag whose slot is one of these; undefined where none was found. */
export function tagIn(owns: (slot: number) => boolean): string | undefined {
  for (let i = 0; i < MOST_TRIES; i++) {
    const tag = i.toString(36)
    if (owns(slotOf(tag))) return tag
  }
  return undefined
}
