import { expect, it } from 'vitest'
import { Undo } from './undo'

it('goes back and forth, and forgets the future on a new step', () => {
  const undo = new Undo('a')
  expect(undo.back()).toBeNull()
  undo.note('b')
  undo.note('b')
  undo.note('c')
  expect([undo.back(), undo.back(), undo.canBack]).toEqual(['b', 'a', false])
  expect(undo.forth()).toBe('b')
  undo.note('d')
  expect(undo.canForth).toBe(false)
  expect(undo.back()).toBe('b')
})
