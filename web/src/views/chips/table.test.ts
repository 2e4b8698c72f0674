import { describe, expect, it } from 'vitest'
import type { Chip } from '../types'
import { filtered, readWanted, sorted, toggled, turned } from './table'

const chip = (id: string, more: object = {}) =>
  ({ id, name: id.toUpperCase(), designer: '', vendor: '', aliases: [], ...more }) as unknown as Chip
const chips = [
  chip('a', { tpp: 2, designer_country: 'US' }),
  chip('b', { designer_country: 'CN' }),
  chip('c', { tpp: 9 }),
]

describe('the table of chips', () => {
  it('filters by words and by country', () => {
    expect(filtered(chips, readWanted({ country: 'CN' })).map((c) => c.id)).toEqual(['b'])
    expect(filtered(chips, readWanted({ q: 'C' })).map((c) => c.id)).toEqual(['c'])
  })

  it('puts rows without a figure last both ways', () => {
    expect(sorted(chips, 'tpp').map((c) => c.id)).toEqual(['a', 'c', 'b'])
    expect(sorted(chips, '-tpp').map((c) => c.id)).toEqual(['c', 'a', 'b'])
  })

  it('turns the order on a second click', () => {
    expect(turned('name', 'tpp', true)).toBe('-tpp')
    expect(turned('-tpp', 'tpp', true)).toBe('tpp')
    expect(turned('name', 'name', false)).toBe('-name')
  })

  it('compares at most four', () => {
    expect(toggled(['a', 'b', 'c', 'd'], 'e')).toEqual(['b', 'c', 'd', 'e'])
    expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
  })
})
