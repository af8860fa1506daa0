import { afterEach, describe, expect, it, vi } from 'vitest'

const LOADER = new URL('../../../native/index.js', import.meta.url).href

describe('the binding', () => {
  afterEach(() => {
    vi.doUnmock(LOADER)
    vi.unstubAllEnvs()
    vi.resetModules()
  })

  /** As it is when it is loaded for the first time, with a loader that does this. */
  async function loading(load: () => Record<string, unknown>) {
    const loader = vi.fn<typeof load>(load)
    vi.doMock(LOADER, loader)
    const { loadBinding } = await import('../../../src/native/binding.js')
    return { loader, loadBinding }
  }

  const binding = { NativeStore: vi.fn(), NativeFront: vi.fn() }

  it('is loaded when it is asked for, once', async () => {
    const { loader, loadBinding } = await loading(() => binding)
    expect(loader).not.toHaveBeenCalled()
    const loaded = await Promise.all([loadBinding(), loadBinding()])
    expect(loaded[0]).toBe(loaded[1])
    expect(loaded[0].binding).toMatchObject(binding)
    expect(loader).toHaveBeenCalledTimes(1)
  })

  it('is not there, without a look, where STRATA_NATIVE is 0', async () => {
    const { loader, loadBinding } = await loading(() => binding)
    vi.stubEnv('STRATA_NATIVE', '0')
    expect(await loadBinding()).toEqual({ reason: 'STRATA_NATIVE=0' })
    expect(loader).not.toHaveBeenCalled()
    vi.unstubAllEnvs()
    expect((await loadBinding()).binding).toMatchObject(binding)
  })

  it('is not there when the addon is of another version', async () => {
    const { loadBinding } = await loading(() => ({ NativeStore: 1, NativeFront: undefined }))
    expect(await loadBinding()).toEqual({
      reason: 'the addon that was found is not of this version',
    })
  })
})
