/** Bytes for people: `312 B`, `1.2 KB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1_024 ** power).toFixed(1)} ${['', 'KB', 'MB', 'GB'][power]}`
}
