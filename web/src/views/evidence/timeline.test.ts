import { describe, expect, it } from 'vitest'
import type { Index } from '../types'
import { marksOf, matches, piled, sideOf } from './timeline'

describe('the timeline of moves', () => {
  it('sets allies with the US and companies apart', () => {
    expect([sideOf('US+NL+JP'), sideOf('CN'), sideOf('COMPANY'), sideOf('BOTH')]).toEqual([
      'US',
      'CN',
      'other',
      'other',
    ])
  })

  it('puts measures and moves in the order of their dates', () => {
    const index = {
      measures: [{ id: 'm', actor: 'CN', name: 'M', announced: '2025-02-01', proposal: true }],
      events: [{ id: 'e', side: 'US', date: '2024-01-01', action: 'law', text: 'E' }],
    } as unknown as Index
    expect(marksOf(index).map((m) => [m.id, m.side, m.proposal])).toEqual([
      ['e', 'US', false],
      ['m', 'CN', true],
    ])
  })

  it('piles what would overlap, each side for itself', () => {
    const rows = piled(
      [
        { x: 0, side: 'US' },
        { x: 5, side: 'US' },
        { x: 6, side: 'CN' },
        { x: 20, side: 'US' },
      ],
      10,
    )
    expect(rows).toEqual([0, 1, 0, 0])
  })

  it('finds rows that hold every word', () => {
    expect(matches('H200 rule of January 2026', 'h200 january')).toBe(true)
    expect(matches('H200 rule', 'h200 march')).toBe(false)
  })
})
