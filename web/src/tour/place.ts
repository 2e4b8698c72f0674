/** Where the tour is, and where its outline stands. */

import type { Step } from './types'

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** Index of a step by its id; anything else is the first. */
export function stepOf(steps: Step[], id: string): number {
  return Math.max(
    steps.findIndex((step) => step.id === id),
    0,
  )
}

/** The outline around a thing on screen, a little larger than it. */
export function placed(rect: Box, room = 6): Box {
  return {
    left: rect.left - room,
    top: rect.top - room,
    width: rect.width + 2 * room,
    height: rect.height + 2 * room,
  }
}
