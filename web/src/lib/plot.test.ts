import { describe, expect, it } from 'vitest'
import type { Numbers, Observed, Series } from '../engine/types'
import { fanOf, logTicks, nearestTime, pile, pointsOf, spanOf } from './plot'

const flat = (v: number[]): Numbers => ({ p5: v, p25: v, p50: v, p75: v, p95: v, mean: v })
const series = (period: 'sum' | 'end'): Series => ({
  variable: 'V',
  region: 'CN',
  unit: 'units',
  period,
  ...flat([1, 2, 3, 4]),
  annual: { years: [2026], ...flat([10]) },
})
const quarters = ['2026Q1', '2026Q2', '2026Q3', '2026Q4']

describe('fans', () => {
  it('take years or quarters', () => {
    expect(fanOf(series('sum'), quarters, 'year', false).times).toEqual([2026.5])
    expect(fanOf(series('end'), quarters, 'quarter', false).times.at(-1)).toBe(2027)
  })

  it('start at zero, or below it where something is negative', () => {
    expect(spanOf([fanOf(series('sum'), quarters, 'quarter', false)], [], false)).toEqual([0, 4])
    const low = { ...series('sum'), p5: [-2, 0, 0, 0] }
    expect(spanOf([fanOf(low, quarters, 'quarter', false)], [], false)[0]).toBe(-2)
  })

  it('keep a logarithmic axis above zero', () => {
    const zero = { ...series('sum'), p5: [0, 0, 0, 0] }
    const [low, high] = spanOf([fanOf(zero, quarters, 'quarter', false)], [], true)
    expect(low).toBeGreaterThan(0)
    expect(high).toBe(4)
  })
})

it('shows observed points only where they fit the steps', () => {
  const seen = [
    { variable: 'V', region: 'CN', period: '2025', value: 8, low: null, high: 9 },
    { variable: 'V', region: 'CN', period: '2025Q2', value: 2, low: 1, high: null },
  ] as Observed[]
  expect(pointsOf(seen, 'V', 'CN', 'sum', 'year').map((p) => p.value)).toEqual([8])
  expect(pointsOf(seen, 'V', 'CN', 'sum', 'quarter').map((p) => [p.low, p.high])).toEqual([[1, 2]])
  expect(pointsOf(seen, 'V', 'CN', 'end', 'year')).toHaveLength(2)
})

it('piles layers without gaps', () => {
  const [a, b] = pile([
    [1, 2],
    [3, 4],
  ])
  expect(b!.low).toEqual(a!.high)
  expect(b!.high).toEqual([4, 6])
})

it('finds ticks and times', () => {
  expect(logTicks(1, 1000)).toEqual([1, 3, 10, 30, 100, 300, 1000])
  expect(nearestTime([2026, 2027, 2028], 2027.4)).toBe(1)
})
