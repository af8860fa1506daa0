import { expectTypeOf, test } from 'vitest'
import type * as generated from '../../native/index.js'
import type * as contract from '../../src/native/contract.js'

declare const addon: typeof generated
declare const front: generated.NativeFront
declare const store: generated.NativeStore

/** Whatever may be read may be written: the contract says `readonly`, the generated typings do not. */
type Written<T> = { -readonly [K in keyof T]: T[K] }

test('the addon is what the contract says', () => {
  expectTypeOf(addon).toExtend<contract.NativeBinding>()
  expectTypeOf(front).toExtend<contract.NativeFront>()
  expectTypeOf(store).toExtend<contract.NativeStore>()
})

test('the contract leaves nothing of the addon out', () => {
  expectTypeOf<keyof contract.NativeFront>().toEqualTypeOf<keyof generated.NativeFront>()
  expectTypeOf<keyof contract.NativeStore>().toEqualTypeOf<keyof generated.NativeStore>()
})

test('what goes in and what comes out has the same fields in both', () => {
  expectTypeOf<Written<contract.NativeConfig>>().toEqualTypeOf<generated.NativeConfig>()
  expectTypeOf<Written<contract.NativeAddress>>().toEqualTypeOf<generated.NativeAddress>()
  expectTypeOf<Written<contract.NativeFrontStats>>().toEqualTypeOf<generated.NativeFrontStats>()
  expectTypeOf<Written<contract.NativeStoreStats>>().toEqualTypeOf<generated.NativeStoreStats>()
})
