/** The value of a lever as its reader sees it. */

import type { LeverRow } from '../engine/types'
import { named } from '../strings/index.svelte'
import { percent, plain } from './format'

export function leverValue(lever: LeverRow, value: number): string {
  if (value === lever.max) {
    const special = named(`lever.max.${lever.id}`, '')
    if (special) return special
  }
  if (lever.unit.startsWith('share')) return percent(value)
  return named(`lever.unit.${lever.unit}`, '{value}', { value: plain(value) })
}
