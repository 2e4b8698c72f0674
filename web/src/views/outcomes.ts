/** Outcome words of the rules as the page shows them: a group with its colour and its sign, and a short name. */

import {
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from 'd3-shape'
import type { SymbolType } from 'd3-shape'
import { named } from '../strings/index.svelte'

const GROUPS: Record<string, number> = {
  no_licence_required: 0,
  authorised_without_licence_listed_party: 0,
  licence_exception_ACA: 0,
  licence_exception_NAC_notify: 1,
  no_enforcement_technical_analysis: 1,
  licence_required_presumption_of_approval: 2,
  licence_required_case_by_case: 2,
  licence_required_policy_not_published: 3,
  licence_required_presumption_of_denial: 4,
  prohibited_without_authorisation_GP10: 5,
  undetermined: 6,
  admitted: 0,
  case_by_case_approval: 2,
  discouraged: 3,
  barred_for_state_funded: 3,
  not_admitted: 4,
}
const SIGNS: SymbolType[] = [
  symbolCircle,
  symbolDiamond,
  symbolTriangle,
  symbolSquare,
  symbolCross,
  symbolStar,
  symbolWye,
]
export const COUNT = SIGNS.length

export function groupOf(word: string): number {
  return GROUPS[word] ?? 6
}

/** Colour of an outcome as a variable of the style sheet. */
export function colourOf(word: string): string {
  return `var(--o${groupOf(word)})`
}

export function signOf(word: string): SymbolType {
  return SIGNS[groupOf(word)]!
}

export function outcomeName(word: string): string {
  return named(`outcome.${word}`, word)
}
