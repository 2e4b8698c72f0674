import { describe, expect, it } from 'vitest'
import type { Chip, RulesMap, Zone } from '../types'
import { badgesOf, boxesOf, dotsOf, nextChange, stretchOf, X_SPAN, Y_SPANS } from './plane'

const zone = (bounds: Zone['bounds'], spans: [number, number][]) =>
  ({ measure: 'm', bounds, spans }) as unknown as Zone
const map: RulesMap = {
  days: ['2018-01-01', '2022-10-21', '2023-11-17'],
  words: ['no_licence_required', 'licence_required_presumption_of_denial'],
  chips: { a: [0, 1, 1], b: [0, 0, 0] },
  zones: [
    zone({ tpp: [4800, null], interconnect_gb_s: [600, null] }, [[1, 1]]),
    zone({ tpp: [2400, 4800], performance_density: [1.6, 5.92] }, [[2, 2]]),
    zone({ memory_bandwidth_gb_s: [1400, null] }, [[2, 2]]),
  ],
}
const chip = (id: string, more: object) => ({ id, known_since: '2020-01-01', ...more }) as Chip

describe('the plane of the rules', () => {
  it('finds the stretch of a day and the changes around it', () => {
    expect(stretchOf(map.days, '2022-10-20')).toBe(0)
    expect(stretchOf(map.days, '2022-10-21')).toBe(1)
    expect(nextChange(map.days, '2022-10-21', 1)).toBe('2023-11-17')
    expect(nextChange(map.days, '2022-10-21', -1)).toBe('2018-01-01')
    expect(nextChange(map.days, '2024-01-01', 1)).toBeNull()
  })

  it('draws the boxes of the day, cut at the edges', () => {
    expect(boxesOf(map, '2021-01-01', 'performance_density')).toEqual([])
    const [first] = boxesOf(map, '2022-12-01', 'performance_density')
    expect(first?.x).toEqual([4800, X_SPAN[1]])
    expect(first?.y).toEqual(Y_SPANS.performance_density)
    expect(boxesOf(map, '2024-01-01', 'performance_density')).toHaveLength(1)
    expect(boxesOf(map, '2024-01-01', 'memory_bandwidth_gb_s')).toHaveLength(2)
  })

  it('colours chips by the outcome of the day and leaves out those without figures', () => {
    const chips = [chip('a', { tpp: 5000, performance_density: 6 }), chip('b', { tpp: 5000 })]
    const [dot, none] = dotsOf(chips, map, '2022-12-01', 'performance_density')
    expect(dot?.outcome).toBe('licence_required_presumption_of_denial')
    expect(none).toBeUndefined()
    expect(dotsOf(chips, map, '2019-12-01', 'performance_density')[0]?.known).toBe(false)
  })

  it('keeps letters apart', () => {
    const at = badgesOf([
      { x: 10, y: 10 },
      { x: 12, y: 10 },
      { x: 80, y: 10 },
    ])
    expect(at).toEqual([
      { x: 10, y: 10 },
      { x: 12, y: 30 },
      { x: 80, y: 10 },
    ])
  })
})
