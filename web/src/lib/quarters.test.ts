import { expect, it } from 'vitest'
import { indexOf, quarterAt, quartersFrom, timeOf, timeOfDay } from './quarters'

it('counts quarters', () => {
  expect(quarterAt(indexOf('2027Q1') + 5)).toBe('2028Q2')
  expect(quartersFrom('2026Q4', '2027Q2')).toEqual(['2026Q4', '2027Q1', '2027Q2'])
  expect(quartersFrom('2027Q1', '2027Q2', '2026Q1')[0]).toBe('2026Q1')
})

it('puts stocks at the end of a period and flows in its middle', () => {
  expect(timeOf('2026', 'end')).toBe(2027)
  expect(timeOf('2026', 'sum')).toBe(2026.5)
  expect(timeOf('2026Q4', 'end')).toBe(2027)
  expect(timeOf('2026Q1', 'mean')).toBe(2026.125)
  expect(timeOfDay('2026-07-01')).toBeCloseTo(2026.5)
})
