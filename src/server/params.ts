/** The names in a pattern: of `:name` and `*name`; `'*'` for a tail without one. */
type NamesOf<P extends string> = P extends `${infer Segment}/${infer Rest}`
  ? NameOf<Segment> | NamesOf<Rest>
  : NameOf<P>

type NameOf<S extends string> = S extends `:${infer Name}`
  ? Name
  : S extends '*'
    ? '*'
    : S extends `*${infer Name}`
      ? Name
      : never

/** What `c.params` holds for a pattern: `ParamsOf<'/posts/:id'>` is `{ readonly id: string }`. */
export type ParamsOf<P extends string> = string extends P
  ? Readonly<Record<string, string>>
  : { readonly [Name in NamesOf<P>]: string }
