import type { Voice } from '../cache/voice.js'
import { given, knownOptions } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import { OWN_FIELD } from './lower.js'
import type { RuleFault } from './rule-functions.js'

export interface ResponseCacheOptions {
  /** Targeted fields that count before Cache-Control (RFC 9213), the most specific first. Default ['strata-cache-control', 'cdn-cache-control']. */
  readonly targeted?: readonly string[] | undefined
  /** Told each time a function of a rule fails: that request goes past the cache. Default: the cache's logger, once per route and function. */
  readonly onRuleFault?: ((fault: RuleFault) => void) | undefined
}

export interface ResponseCacheSettings {
  readonly targeted: readonly string[]
  readonly onRuleFault: (fault: RuleFault) => void
}

/** Throws `InvalidOptionError`. `voice`: that of the cache. */
export function parseResponseCache(
  options: ResponseCacheOptions,
  voice: Voice,
): ResponseCacheSettings {
  const { targeted, onRuleFault } = knownOptions(options, ['targeted', 'onRuleFault'])
  return {
    targeted: parseTargeted(given(targeted, TARGETED)),
    onRuleFault: faultListener(onRuleFault as ResponseCacheOptions['onRuleFault'], voice),
  }
}

const TARGETED: readonly string[] = [OWN_FIELD, 'cdn-cache-control']

function parseTargeted(value: unknown): readonly string[] {
  const isName = (name: unknown): name is string =>
    typeof name === 'string' && /^[\w-]{1,64}$/.test(name)
  if (!Array.isArray(value) || value.length > 8 || !value.every(isName)) {
    throw new InvalidOptionError('targeted', value, 'at most 8 names of response fields')
  }
  return Object.freeze(value.map((name) => name.toLowerCase()))
}

/** It may fail itself, which is no reason to fail a request either. */
function faultListener(
  listener: ResponseCacheOptions['onRuleFault'],
  voice: Voice,
): ResponseCacheSettings['onRuleFault'] {
  if (listener === undefined) return (fault) => voice.error(fault, `${fault.option} ${fault.route}`)
  if (typeof listener !== 'function') {
    throw new InvalidOptionError('onRuleFault', listener, 'a function')
  }
  return (fault) => {
    try {
      listener(fault)
    } catch (error) {
      voice.error(new Error(`onRuleFault: ${String(error)}`, { cause: error }), 'onRuleFault')
    }
  }
}
