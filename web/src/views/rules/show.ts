/** Values of tests and changes as text. */

import { plain } from '../../lib/format'
import { named, t } from '../../strings/index.svelte'

export function show(value: unknown): string {
  if (value === null || value === undefined) return t('rules.notstated')
  if (typeof value === 'boolean') return t(value ? 'word.yes' : 'word.no')
  if (typeof value === 'number') return plain(value)
  if (Array.isArray(value)) return value.map(show).join(t('join.comma'))
  return String(value)
}

const SIGNS: Record<string, string> = { '>=': '≥', '<=': '≤', '>': '>', '<': '<' }

export function sign(op: string): string {
  return SIGNS[op] ?? named(`op.${op}`, op.replaceAll('_', ' '))
}

export function figureName(column: string): string {
  return named(`figure.${column}`, column.replaceAll('_', ' '))
}
