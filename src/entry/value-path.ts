/** How a place inside a value reads in an error message: `posts[3].price`, `rows[0]["unit price"]`. Bounded. */
export type PathKey = string | number

const MOST_KEYS = 24
const LONGEST_KEY = 60
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

export function formatPath(keys: readonly PathKey[]): string {
  const shown = keys.slice(0, MOST_KEYS)
  const text = shown.reduce<string>((path, key) => path + formatKey(key, path === ''), '')
  return keys.length > MOST_KEYS ? `${text}...` : text
}

function formatKey(key: PathKey, first: boolean): string {
  if (typeof key === 'number') return `[${key}]`
  const clipped = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}...` : key
  if (!NAME.test(clipped)) return `[${JSON.stringify(clipped)}]`
  return first ? clipped : `.${clipped}`
}
