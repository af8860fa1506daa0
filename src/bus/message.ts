import type { Invalidation } from './bus.js'

/** What travels between processes: an invalidation, or the word that a load others wait for is over. */
export type Message = Invalidation | { readonly kind: 'wake'; readonly key: string }

export interface Envelope {
  /** The cache that sent it: it does not need to hear it again. */
  readonly instance: string
  readonly namespace: string
  readonly message: Message
}

/**
 * A message as text: a JSON array of sender, namespace, a letter for the kind, and what it concerns. Written and read by
 * all processes that share a Redis: letters are never reused.
 */
export function formatMessage({ instance, namespace, message }: Envelope): string {
  return JSON.stringify([instance, namespace, ...fieldsOf(message)])
}

/** Undefined for anything else: whoever hears such a thing may have missed an invalidation. */
export function parseMessage(text: string): Envelope | undefined {
  let parts: unknown
  try {
    parts = JSON.parse(text)
  } catch {
    return undefined // no message of ours, which is what the answer says
  }
  if (!Array.isArray(parts)) return undefined
  const [instance, namespace, letter, what] = parts as unknown[]
  if (typeof instance !== 'string' || typeof namespace !== 'string') return undefined
  const message = messageOf(letter, what)
  return message && { instance, namespace, message }
}

function fieldsOf(message: Message): readonly unknown[] {
  switch (message.kind) {
    case 'remove':
      return ['r', message.keys]
    case 'expire':
      return ['e', message.key]
    case 'tags':
      return [message.soft ? 's' : 't', message.tags]
    case 'clear':
      return ['c']
    case 'wake':
      return ['w', message.key]
  }
}

function messageOf(letter: unknown, what: unknown): Message | undefined {
  switch (letter) {
    case 'r':
      return isTexts(what) ? { kind: 'remove', keys: what } : undefined
    case 'e':
      return typeof what === 'string' ? { kind: 'expire', key: what } : undefined
    case 't':
    case 's':
      return isTexts(what) ? { kind: 'tags', tags: what, soft: letter === 's' } : undefined
    case 'c':
      return { kind: 'clear' }
    case 'w':
      return typeof what === 'string' ? { kind: 'wake', key: what } : undefined
    default:
      return undefined
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
