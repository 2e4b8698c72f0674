import { describe, expect, it } from 'vitest'
import type { LeverRow } from '../engine/types'
import { nearest, placeOf, stopsOf } from './levers'

const lever = (min: number, max: number, step: number) => ({ min, max, step }) as LeverRow

describe('stops of a slider', () => {
  it('are the steps of the lever', () => {
    expect(stopsOf(lever(0, 0.3, 0.1))).toEqual([0, 0.1, 0.2, 0.3])
  })

  it('lie closer near zero where the range is long, and keep both ends', () => {
    const stops = stopsOf(lever(0, 400000, 500))
    expect(stops[0]).toBe(0)
    expect(stops.at(-1)).toBe(400000)
    expect(stops.every((v, i) => v % 500 === 0 && (i === 0 || v > stops[i - 1]!))).toBe(true)
    expect(stops[1]! - stops[0]!).toBeLessThan(stops.at(-1)! - stops.at(-2)!)
    expect(placeOf(stops, 21000)).toBeGreaterThan(0.25)
  })

  it('are found by value', () => {
    const stops = stopsOf(lever(0, 1, 0.25))
    expect(nearest(stops, 0.6)).toBe(2)
    expect(placeOf(stops, 0.6)).toBeCloseTo(0.6)
    expect([placeOf(stops, -1), placeOf(stops, 9)]).toEqual([0, 1])
  })
})
