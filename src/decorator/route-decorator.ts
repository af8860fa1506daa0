/** A method that takes the context of a request. */
export type RouteMethod = (this: never, c: never) => unknown

/**
 * What `@get` and `@cached` on a route return: the first signature is the standard's (TC39), the second that of
 * `experimentalDecorators`.
 */
export interface RouteDecorator {
  <Method extends RouteMethod>(method: Method, context: ClassMethodDecoratorContext): Method
  <Method extends RouteMethod>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): TypedPropertyDescriptor<Method>
}
