import type { AsyncMethod } from './method.js'

/**
 * What `@cached` and `@invalidates` return. The first signature is the standard's (TC39), the second that of
 * `experimentalDecorators`. `Args` and `TagArgs` are what the functions among the options take, `This` the instance and
 * `Result` the result they expect: the method has to fit all of them.
 */
export interface AsyncMethodDecorator<
  This,
  Args extends readonly unknown[],
  TagArgs extends readonly unknown[],
  Result,
> {
  <Self, Method extends AsyncMethod>(
    method: Method &
      Fit<Self, Method, This, Args, Result> &
      Fit<Self, Method, This, TagArgs, Result>,
    context: ClassMethodDecoratorContext<Self>,
  ): Method
  <Self, Method extends AsyncMethod>(
    target: Self,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Method> &
      Fit<Self, Method, This, Args, Result> &
      Fit<Self, Method, This, TagArgs, Result>,
  ): TypedPropertyDescriptor<Method>
}

/** `unknown`, which asks nothing more of the method, or an object that says in the compiler's message what does not fit. */
export type Fit<Self, Method, This, Args extends readonly unknown[], Result> = Method extends (
  ...args: infer Params
) => Promise<infer Value>
  ? [Self] extends [This]
    ? ((...args: Args) => void) extends (...args: Params) => void
      ? [NonNullable<Value>] extends [Result]
        ? unknown
        : Misfit<'resultTags takes another result than the method has'>
      : Misfit<'key, tags or keys take other arguments than the method'>
    : Misfit<'a function among the options takes another instance (this) than the method has'>
  : never

export interface Misfit<Reason extends string> {
  readonly misfit: Reason
}
