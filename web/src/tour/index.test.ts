import { describe, expect, it } from 'vitest'
import en from './tour.en.json'
import zh from './tour.zh-Hans.json'
import { fill, STEPS, tour } from './index'
import type { Catalogue } from './types'

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe('the tour', () => {
  it('has a text for every step, in both languages, with the same figures', () => {
    const ids = STEPS.map((step) => step.id)
    expect(Object.keys(en.steps)).toEqual(ids)
    expect(Object.keys(zh.steps)).toEqual(ids)
    const [a, b] = [en, zh] as [Catalogue, Catalogue]
    for (const id of ids) expect(holes(b.steps[id]!.text)).toEqual(holes(a.steps[id]!.text))
    expect(Object.keys(zh)).toEqual(Object.keys(en))
  })

  it('takes about two minutes to read', () => {
    const words = Object.values(en.steps).flatMap((s) => s.text.split(/\s+/)).length
    expect(words).toBeGreaterThan(300)
    expect(words).toBeLessThan(480)
  })

  it('types no figure: what is measured is filled in', () => {
    for (const { text } of Object.values(en.steps))
      expect(text.replace(/\{\w+\}/g, '').match(/\d+(\.\d+)?( million|%| TB)/g) ?? []).toEqual(
        text.includes('4.8') ? ['4.8 TB'] : text.includes('90%') ? ['90%'] : [],
      )
  })

  it('fills in figures and leaves what it does not know', async () => {
    expect(fill('{a} of {b}', { a: '1' })).toBe('1 of {b}')
    const found = await tour('zh-Hans', { made: {}, figures: { 'zh-Hans': { claims_all: '十' } } })
    expect(found.steps.evidence!.text).toContain('拆成十条陈述')
  })
})
