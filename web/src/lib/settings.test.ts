import { describe, expect, it } from 'vitest'
import { readSetting, readSettings, START, writeSetting, writeSettings } from './settings'

describe('settings in the address', () => {
  it('come back as they were written', () => {
    const all = {
      scenario: 'mandate',
      against: 'full-denial',
      until: '2036Q4',
      set: [
        { id: 'us_export_fee', value: 0.4, from: '2027Q1' },
        { id: 'cn_import_gate', value: 'rules' as const, from: '2028Q1', to: '2029Q4' },
        { id: 'fabrication.learning_rate', value: 0.3 },
      ],
      charts: ['R&D|Huawei@World', 'Compute|Stock@US+CN~log'],
      weights: { compute: 2, economy: 0.5 },
      draws: 500,
      seed: 7,
      period: 'quarter' as const,
      as_of: '2025-12-31',
    }
    expect(readSettings(new URLSearchParams(writeSettings(all).toString()))).toEqual(all)
  })

  it('say nothing of what is at its start', () => {
    expect(writeSettings(START).toString()).toBe('scenario=status-quo')
    expect(readSettings(new URLSearchParams(''))).toEqual(START)
  })

  it('are written as the command line writes them', () => {
    expect(writeSetting({ id: 'a', value: 2, from: '2027Q1', to: '2028Q4' })).toBe('a=2@2027Q1:2028Q4')
    expect(readSetting('m.p=0.1..0.3')).toEqual({ id: 'm.p', value: '0.1..0.3' })
    expect(readSetting('m.p=0.3..0.1')).toBeNull()
    expect(readSetting('us_export_fee=0.1..0.3')).toBeNull()
    expect(readSetting('a=2@2027Q1')).toEqual({ id: 'a', value: 2, from: '2027Q1' })
  })

  it('leave out what cannot be read', () => {
    const found = readSettings(
      new URLSearchParams('set=a&set=b=x&set=c=1@soon&until=later&draws=-3&seed=1.5'),
    )
    expect(found.set).toEqual([])
    expect([found.until, found.draws, found.seed]).toEqual([START.until, START.draws, START.seed])
  })
})
