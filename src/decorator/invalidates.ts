import { decorateMethod } from './decorate-method.js'
import { parseInvalidates, type InvalidatesOptions } from './invalidates-options.js'
import { Invalidating } from './invalidating.js'
import type { Method } from './method.js'
import type { AsyncMethodDecorator } from './method-decorator.js'

/**
 * Invalidates once a method has succeeded, and resolves with its result when that is acknowledged. In both kinds of
 * decorators. Throws `InvalidOptionError` when the class is defined; a call rejects with it, before the method runs, when
 * there is no cache or when `tags` or `keys` give anything but strings.
 */
export function invalidates<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  KeyArgs extends readonly unknown[] = Args,
  Result = unknown,
>(
  options: InvalidatesOptions<This, Args, KeyArgs, Result>,
): AsyncMethodDecorator<This, Args, KeyArgs, Result> {
  const settings = parseInvalidates(options)
  function wrap(method: Method, name: string | symbol): Method {
    return async function call(this: unknown, ...args: unknown[]): Promise<unknown> {
      const invalidating = new Invalidating(settings, name, { self: this, args })
      let result: unknown
      try {
        result = await method.apply(this, args)
      } catch (error) {
        await invalidating.afterFailure()
        throw error
      }
      await invalidating.afterSuccess(result)
      return result
    }
  }
  return decorateMethod('invalidates', wrap) as AsyncMethodDecorator<This, Args, KeyArgs, Result>
}
