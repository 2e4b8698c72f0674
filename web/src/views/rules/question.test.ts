import { describe, expect, it } from 'vitest'
import { deal, part, readQuestion, readSpec, writeSpec } from './question'

describe('the question to the rules', () => {
  it('falls back to what is usual where the address says nothing or nonsense', () => {
    const q = readQuestion({ on: 'tomorrow', scope: 'all' }, '2026-11-23')
    expect(q.on).toBe('2026-11-23')
    expect(q.scope).toBe('enforced')
    expect(part(q)).toEqual({ chip: 'nvidia-h200-sxm' })
  })

  it('takes figures in place of a chip', () => {
    const q = readQuestion({ chip: 'nvidia-h20-96gb', spec: 'tpp:4000,die_area_mm2:800' }, '2026-11-23')
    expect(part(q)).toEqual({ spec: ['tpp=4000', 'die_area_mm2=800'] })
    expect(deal(q)).toEqual({ to: 'CN', end_user: 'commercial', headquarters: undefined, scope: 'enforced' })
  })

  it('writes what it reads', () => {
    expect(writeSpec(readSpec('tpp:4000,designer:AMD'))).toBe('tpp:4000,designer:AMD')
    expect(writeSpec({ tpp: ' 12 ', designer: '' })).toBe('tpp:12')
  })
})
