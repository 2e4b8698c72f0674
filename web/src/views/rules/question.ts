/** The question to the rules as the address holds it. */

import type { Query } from '../../engine'

export interface Question {
  chip: string
  spec: string // tpp:4000,die_area_mm2:800 in place of a chip
  to: string
  buyer: string
  hq: string
  on: string
  scope: 'enforced' | 'de-jure'
}

export const FIRST_CHIP = 'nvidia-h200-sxm'
export const SPEC = ['tpp', 'die_area_mm2', 'memory_bandwidth_gb_s', 'interconnect_gb_s', 'designer'] as const

export function readQuestion(params: Record<string, string>, today: string): Question {
  const on = params['on'] ?? ''
  return {
    chip: params['chip'] || FIRST_CHIP,
    spec: params['spec'] ?? '',
    to: params['to'] || 'CN',
    buyer: params['buyer'] || 'commercial',
    hq: params['hq'] ?? '',
    on: /^20\d\d-\d\d-\d\d$/.test(on) ? on : today,
    scope: params['scope'] === 'de-jure' ? 'de-jure' : 'enforced',
  }
}

export function readSpec(spec: string): Record<string, string> {
  return Object.fromEntries(
    spec
      .split(',')
      .map((part) => part.split(':', 2) as [string, string])
      .filter(([key, value]) => key && value),
  )
}

export function writeSpec(spec: Record<string, string>): string {
  return Object.entries(spec)
    .filter(([, value]) => value.trim())
    .map(([key, value]) => `${key}:${value.trim().replaceAll(',', ' ')}`)
    .join(',')
}

/** What all routes of the rules take of it. */
export function deal(q: Question): Query {
  return { to: q.to, end_user: q.buyer, headquarters: q.hq || undefined, scope: q.scope }
}

export function part(q: Question): Query {
  const spec = Object.entries(readSpec(q.spec)).map(([key, value]) => `${key}=${value}`)
  return spec.length ? { spec } : { chip: q.chip }
}
