import { expectTypeOf, test } from 'vitest'
import type { ParamsOf } from '../../src/server/params.js'

test('params have the names of the pattern', () => {
  expectTypeOf<ParamsOf<'/posts/:id'>>().toEqualTypeOf<{ readonly id: string }>()
  expectTypeOf<ParamsOf<'/:a/x/:b/*rest'>>().toEqualTypeOf<{
    readonly a: string
    readonly b: string
    readonly rest: string
  }>()
  expectTypeOf<ParamsOf<'/files/*'>>().toEqualTypeOf<{ readonly '*': string }>()
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- that is what is tested
  expectTypeOf<ParamsOf<'/'>>().toEqualTypeOf<{}>()
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- that is what is tested
  expectTypeOf<ParamsOf<'/a:b/c'>>().toEqualTypeOf<{}>()
})

test('of a pattern that is known only later: any name', () => {
  expectTypeOf<ParamsOf<string>>().toEqualTypeOf<Readonly<Record<string, string>>>()
})
