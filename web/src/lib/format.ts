/** Numbers and dates as the reader's language writes them. Nothing here rounds what is sent on. */

import { locale, named, t } from '../strings/index.svelte'

/** Below this a figure in a sentence says no more than that it is small. */
const LEAST = 0.01

const made = new Map<string, Intl.NumberFormat>()

/** A formatter costs far more to make than to use, so each is made once; `name` tells them apart. */
function form(name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale()} ${name}`
  let found = made.get(key)
  if (!found) made.set(key, (found = new Intl.NumberFormat(locale(), options)))
  return found
}

/** 12.3M, 4.1, 0.012: for axes and read-outs. */
export function short(value: number, digits = Math.abs(value) < 10 ? 2 : 3): string {
  return figures(value, digits, Math.abs(value) < 10000 ? '' : 'short')
}

/** 12.3 million: for sentences. */
export function words(value: number, digits = Math.abs(value) < 10 ? 2 : 3): string {
  if (value !== 0 && Math.abs(value) < LEAST) return `<${plain(LEAST)}`
  return figures(value, digits, Math.abs(value) < 10000 ? '' : 'long')
}

export function signed(value: number, digits = 2): string {
  return figures(value, digits, Math.abs(value) < 10000 ? '' : 'short', true)
}

function figures(value: number, digits: number, compact: '' | 'short' | 'long', sign = false): string {
  const name = `figures ${digits} ${compact} ${sign}`
  return form(name, {
    maximumSignificantDigits: digits,
    ...(compact ? { notation: 'compact', compactDisplay: compact } : {}),
    ...(sign ? { signDisplay: 'exceptZero' } : {}),
  }).format(value)
}

export function percent(share: number, digits = 0): string {
  return form(`percent ${digits}`, { style: 'percent', maximumFractionDigits: digits }).format(share)
}

export function signedPercent(share: number): string {
  return form('percent signed', {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  }).format(share)
}

export function plain(value: number): string {
  return form('plain', { maximumFractionDigits: 2 }).format(value)
}

/** A value with its unit, `share` as percent. */
export function withUnit(value: number, unit: string, text: (v: number) => string = short): string {
  if (isShare(unit)) return percent(value, Math.abs(value) < 0.1 ? 1 : 0)
  if (unit === '1') return text(value)
  return t('value.unit', { value: text(value), unit: unitName(unit) })
}

export function isShare(unit: string): boolean {
  return unit === 'share' || unit.startsWith('share of')
}

export function unitName(unit: string): string {
  return unit === '1' ? t('unit.ratio') : named(`unit.${unit}`, unit)
}

export function day(text: string): string {
  const [year, month, date] = text.split('-').map(Number)
  if (!year || !month || !date) return text
  const options = { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' } as const
  const written = locale() === 'en' ? 'en-GB' : locale()
  return new Intl.DateTimeFormat(written, options).format(Date.UTC(year, month - 1, date))
}

export function quarterName(quarter: string): string {
  const [year = '', q = ''] = quarter.split('Q')
  return q ? t('quarter', { year, q }) : quarter
}
