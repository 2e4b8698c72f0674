import { describe, expect, it } from 'vitest'
import type { SeriesAnswer, SeriesRequest } from '../../engine/types'
import { requestsOf, responseOf, valuesOf } from './response'

const run = {
  scenario: 'status-quo',
  draws: 1000,
  seed: 0,
  until: '2032Q4',
  set: ['a.b=1', 'us_export_fee=0.3@2027Q1'],
}

describe('the response to a parameter', () => {
  it('asks at five values, once each', () => {
    expect(valuesOf({ p5: 1, p25: 2, p50: 2, p75: 3, p95: 4 })).toEqual([1, 2, 3, 4])
  })

  it('puts the value in place of the one set on the page and keeps the levers', () => {
    expect(requestsOf(run, 'a.b', [5], 'X@CN')[0]).toMatchObject({
      set: ['us_export_fee=0.3@2027Q1', 'a.b=5'],
      draws: 256,
      outcomes: ['X@CN'],
    })
  })

  it('reads the last year of each answer', async () => {
    const ask = async (request: SeriesRequest) => {
      const v = Number(request.set.at(-1)!.split('=')[1])
      const annual = {
        years: [2031, 2032],
        p5: [0, v],
        p25: [0, v],
        p50: [0, 2 * v],
        p75: [0, v],
        p95: [0, 3 * v],
        mean: [0, v],
      }
      return { series: [{ unit: 'GW', annual }] } as unknown as SeriesAnswer
    }
    const found = await responseOf({ series: ask }, run, 'a.b', [1, 4], 'X@CN', new AbortController().signal)
    expect(found.unit).toBe('GW')
    expect(found.answers.map((a) => [a.value, a.p50, a.p95])).toEqual([
      [1, 2, 3],
      [4, 8, 12],
    ])
  })
})
