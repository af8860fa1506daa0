import { getEventListeners } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import { type Flight, Flights, type FlightStart } from '../../../src/flight/flight.js'
import { settle } from '../../support/manual-clock.js'

const start = (shape: Partial<FlightStart> = {}): FlightStart => ({
  key: 'k',
  since: 3,
  began: 7,
  startedAt: 1_000,
  tags: ['a'],
  ...shape,
})

interface Controls {
  resolve(value: string): void
  reject(error: unknown): void
}

/** A flight that lands when told. */
function takeOff(flights = new Flights<string>(), shape: Partial<FlightStart> = {}) {
  let controls: Controls | undefined
  const flight = flights.start(
    start(shape),
    () =>
      new Promise<string>((resolve, reject) => {
        controls = { resolve, reject }
      }),
  )
  return { flights, flight, controls: controls as unknown as Controls }
}

describe('a flight', () => {
  test('carries what it was started with', () => {
    const { flight } = takeOff()
    expect(flight).toMatchObject({ key: 'k', since: 3, began: 7, startedAt: 1_000, riders: 0 })
    expect([...flight.tags]).toEqual(['a'])
  })

  test('gives its landing to every rider', async () => {
    const { flight, controls } = takeOff()
    const rides = [flight.ride(), flight.ride(new AbortController().signal), flight.ride()]
    expect(flight.riders).toBe(3)
    controls.resolve('landed')
    expect(await Promise.all(rides)).toEqual(['landed', 'landed', 'landed'])
  })

  test('gives its failure to every rider, as it is', async () => {
    const { flight, controls } = takeOff()
    const failure = new Error('failed')
    const rides = [flight.ride(), flight.ride(new AbortController().signal)]
    controls.reject(failure)
    for (const ride of rides) await expect(ride).rejects.toBe(failure)
  })

  test('a failure without a rider is nobody’s', async () => {
    const { controls } = takeOff()
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    controls.reject(new Error('failed'))
    await settle()
    await settle()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('cannot be ridden before its launch', () => {
    const flights = new Flights<string>()
    flights.start(start(), (flight) => {
      expect(() => flight.ride()).toThrow('before its launch')
      return Promise.resolve('x')
    })
  })

  test('a rider whose signal aborts gets off with its reason', async () => {
    const { flight, controls } = takeOff()
    const controller = new AbortController()
    const stays = flight.ride()
    const leaves = flight.ride(controller.signal)
    controller.abort('enough')
    await expect(leaves).rejects.toBe('enough')
    expect(flight.riders).toBe(1)
    expect(flight.isAbandoned).toBe(false)
    controls.resolve('landed')
    expect(await stays).toBe('landed')
  })

  test('is abandoned by its last rider, whatever the order', async () => {
    const { flight, flights } = takeOff()
    const controllers = [new AbortController(), new AbortController(), new AbortController()]
    const { signal } = flight
    const rides = controllers.map((controller) => flight.ride(controller.signal))
    for (const [index, controller] of controllers.entries()) {
      expect(signal.aborted).toBe(false)
      expect(flights.get('k')).toBe(flight)
      controller.abort(`reason ${index}`)
      await expect(rides[index]).rejects.toBe(`reason ${index}`)
    }
    expect(flight.isAbandoned).toBe(true)
    expect(signal.reason).toBe('reason 2')
    expect(flights.get('k')).toBeUndefined()
  })

  test('its signal, looked at late, has aborted', async () => {
    const { flight } = takeOff()
    await expect(flight.ride(AbortSignal.abort('gone'))).rejects.toBe('gone')
    expect(flight.signal.aborted).toBe(true)
    expect(flight.signal.reason).toBe('gone')
  })

  test('is abandoned once: the first reason stays', () => {
    const { flight } = takeOff()
    flight.abandon('first')
    flight.abandon('second')
    expect(flight.signal.reason).toBe('first')
  })

  test('a signal that aborts after the landing changes nothing', async () => {
    const { flight, controls } = takeOff()
    const controller = new AbortController()
    const ride = flight.ride(controller.signal)
    controls.resolve('landed')
    expect(await ride).toBe('landed')
    await settle()
    controller.abort('late')
    expect(flight.isAbandoned).toBe(false)
  })

  test('lets go of the signals of its riders', async () => {
    const { flight, controls } = takeOff()
    const { signal } = new AbortController()
    const ride = flight.ride(signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    controls.resolve('landed')
    await ride
    await settle()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('flights', () => {
  test('know the one flight of a key until it lands', async () => {
    const { flights, flight, controls } = takeOff()
    expect(flights.get('k')).toBe(flight)
    expect(flights.get('other')).toBeUndefined()
    expect(flights.size).toBe(1)
    controls.resolve('landed')
    await settle()
    expect(flights.get('k')).toBeUndefined()
    expect(flights.size).toBe(0)
  })

  test('forget one that failed', async () => {
    const { flights, controls } = takeOff()
    controls.reject(new Error('failed'))
    await settle()
    expect(flights.size).toBe(0)
  })

  test('a new one of the key takes the place of the one under way, which does not end it', async () => {
    const first = takeOff()
    const second = takeOff(first.flights)
    expect(first.flights.get('k')).toBe(second.flight)
    const ride = first.flight.ride()
    first.controls.resolve('old')
    expect(await ride).toBe('old')
    await settle()
    expect(first.flights.get('k')).toBe(second.flight)
  })

  test('give up those that nobody waits for', () => {
    const flights = new Flights<string>()
    const fly = (key: string): Flight<string> => takeOff(flights, { key }).flight
    const attended = fly('attended')
    const behind = fly('behind')
    const joined = fly('joined')
    const left = fly('left')
    void attended.ride()
    void behind.rideBehind()
    void joined.rideBehind()
    void joined.ride()
    void left.ride()
    left.stayBehind()
    flights.abandonUnattended('closing')
    expect([attended, behind, joined, left].map(({ isAbandoned }) => isAbandoned)).toEqual([
      false,
      true,
      false,
      true,
    ])
    expect(behind.signal.reason).toBe('closing')
  })

  test('give up also one that another has taken the place of, but none that has landed', async () => {
    const first = takeOff()
    const second = takeOff(first.flights)
    void first.flight.rideBehind()
    void second.flight.rideBehind()
    second.controls.resolve('landed')
    await settle()
    first.flights.abandonUnattended('closing')
    expect(first.flight.isAbandoned).toBe(true)
    expect(second.flight.isAbandoned).toBe(false)
  })
})

describe('a flight behind the callers’ backs', () => {
  test('is not abandoned by its last rider', async () => {
    const { flight } = takeOff()
    const ride = flight.rideBehind()
    const controller = new AbortController()
    const joined = flight.ride(controller.signal)
    controller.abort('gone')
    await expect(joined).rejects.toBe('gone')
    expect(flight.isAbandoned).toBe(false)
    expect(flight.riders).toBe(0)
    void ride
  })

  test('goes on for a rider that has taken something else', async () => {
    const { flight, controls } = takeOff()
    const { signal } = new AbortController()
    const rides = [flight.ride(), flight.ride(signal)]
    flight.stayBehind()
    flight.stayBehind(signal)
    controls.resolve('landed')
    expect(await Promise.all(rides)).toEqual(['landed', 'landed'])
  })
})
