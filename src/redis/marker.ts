import type { Envelope, Message } from '../bus/message.js'
import { isHashedText, redisKeyText } from '../entry/key.js'
import { defineScript, type Script } from './script.js'

/**
 * In Cluster what is told is the name of a key, written and deleted at once in the slot of what it speaks of: each process
 * has every master tell it of such keys (client-side caching in broadcast mode). The name says everything:
 * `s1:<root>:m:<kind>:<instance>:<namespace>:{<key or tag>}`, and behind that the whole text where the braces hold a digest.
 */
export function markersOf(root: string, { instance, namespace, message }: Envelope): string[] {
  const name = (kind: string, text: string): string => {
    const hashed = redisKeyText(text)
    const marker = `${markerPrefix(root)}${kind}:${instance}:${namespace}:{${hashed}}`
    return isHashedText(hashed) ? marker + text : marker
  }
  switch (message.kind) {
    case 'remove':
      return message.keys.map((key) => name('r', key))
    case 'expire':
      return [name('e', message.key)]
    case 'tags':
      return message.tags.map((tag) => name(message.soft ? 's' : 't', tag))
    case 'clear':
      return [name('c', namespace)]
    case 'wake':
      return [name('w', message.key)]
  }
}

export function markerPrefix(root: string): string {
  return `s1:${root}:m:`
}

/** Undefined for anything else: whoever hears such a thing may have missed an invalidation. */
export function parseMarker(root: string, key: string): Envelope | undefined {
  const prefix = markerPrefix(root)
  if (!key.startsWith(prefix)) return undefined
  const parts = /^([a-z]):([\w-]+):([A-Za-z0-9._-]+):\{([^}]*)\}(.*)$/s.exec(
    key.slice(prefix.length),
  )
  if (parts === null) return undefined
  const [, kind = '', instance = '', namespace = '', tag = '', rest = ''] = parts
  const text = isHashedText(tag) ? rest : decoded(tag)
  const message = messageOf(kind, text)
  return message && { instance, namespace, message }
}

/** Percent signs and braces are all that was encoded. */
function decoded(text: string): string {
  return text.replace(/%(25|7B|7D)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function messageOf(kind: string, text: string): Message | undefined {
  switch (kind) {
    case 'r':
      return { kind: 'remove', keys: [text] }
    case 'e':
      return { kind: 'expire', key: text }
    case 't':
    case 's':
      return { kind: 'tags', tags: [text], soft: kind === 's' }
    case 'c':
      return { kind: 'clear' }
    case 'w':
      return { kind: 'wake', key: text }
    default:
      return undefined
  }
}

/** Tells of one marker. KEYS: it. Its first write is a DEL: a full Redis lets it pass. */
export const MARK: Script = defineScript(
  'mark',
  `
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], '1')
redis.call('DEL', KEYS[1])
return 1`,
)
