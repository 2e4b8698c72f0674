import { describe, expect, it } from 'vitest'
import { placed, stepOf } from './place'

const steps = [
  { id: 'a', query: '', highlight: '' },
  { id: 'b', query: '', highlight: '' },
]

describe('the place of the tour', () => {
  it('begins at the first step whatever the address says', () => {
    expect([stepOf(steps, 'b'), stepOf(steps, 'start'), stepOf(steps, '')]).toEqual([1, 0, 0])
  })

  it('draws its outline outside the thing', () => {
    expect(placed({ left: 10, top: 20, width: 100, height: 50 })).toEqual({
      left: 4,
      top: 14,
      width: 112,
      height: 62,
    })
  })
})
