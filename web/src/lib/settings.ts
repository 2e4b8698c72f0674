/** The state of the page as an address: read and written in one place, in one fixed order. */

export type Range = `${number}..${number}` // drawn evenly between its ends

export interface Setting {
  id: string // a lever, or a parameter of a mechanism (its id has a dot)
  value: number | 'rules' | Range // a range is for parameters only
  from?: string // a quarter; a parameter has none
  to?: string
}

export type Period = 'year' | 'quarter'
export type Weights = Record<string, number>

/** What the simulator shows. Names of query parameters equal those of the API and the command line. */
export interface Settings {
  scenario: string
  against: string // another scenario, '' for the scenario as written, 'none'
  until: string
  set: Setting[]
  charts: string[] // empty: the default charts
  weights: Weights // empty: equal weights
  draws: number
  seed: number
  period: Period
  as_of: string
}

export const START: Settings = {
  scenario: 'status-quo',
  against: '',
  until: '2032Q4',
  set: [],
  charts: [],
  weights: {},
  draws: 1000,
  seed: 0,
  period: 'year',
  as_of: '',
}

/** Levers moved on the page hold from this quarter: the first one after the state of knowledge of the data. */
export const FROM = '2027Q1'

const QUARTER = /^20[2-4]\d{1}Q[1-4]$/

export function readSetting(text: string): Setting | null {
  const found = /^([\w.-]+)=([^@]+)(?:@([^:]+)(?::(.+))?)?$/.exec(text.trim())
  if (!found) return null
  const [, id = '', raw = '', from, to] = found
  const range = id.includes('.') ? readRange(raw) : null
  const value = range ?? (raw.trim() === 'rules' ? 'rules' : Number(raw))
  if (typeof value === 'number' && !Number.isFinite(value)) return null
  if (from && !QUARTER.test(from)) return null
  if (to && !QUARTER.test(to)) return null
  return { id, value, ...(from ? { from } : {}), ...(to ? { to } : {}) }
}

/** A range as typed, LOW..HIGH; null where the text is none. */
export function readRange(text: string): Range | null {
  const ends = text.split('..').map((end) => (end.trim() ? Number(end) : NaN))
  const [low = NaN, high = NaN] = ends
  return ends.length === 2 && Number.isFinite(low) && Number.isFinite(high) && low < high
    ? `${low}..${high}`
    : null
}

/** A setting as the command line writes it: ID=VALUE@FROM:TO. */
export function writeSetting(s: Setting): string {
  const span = s.from ? `@${s.from}${s.to ? ':' + s.to : ''}` : ''
  return `${s.id}=${s.value}${span}`
}

export function readSettings(query: URLSearchParams): Settings {
  const whole = (key: string, otherwise: number, low: number) => {
    const text = query.get(key)
    const value = text === null ? NaN : Number(text)
    return Number.isInteger(value) && value >= low ? value : otherwise
  }
  const until = query.get('until') ?? ''
  return {
    scenario: query.get('scenario') || START.scenario,
    against: query.get('against') ?? START.against,
    until: QUARTER.test(until) ? until : START.until,
    set: query
      .getAll('set')
      .map(readSetting)
      .filter((s) => s !== null),
    charts: [...new Set(query.getAll('chart'))],
    weights: readWeights(query.get('weights') ?? ''),
    draws: whole('draws', START.draws, 1),
    seed: whole('seed', START.seed, 0),
    period: query.get('period') === 'quarter' ? 'quarter' : 'year',
    as_of: query.get('as_of') ?? '',
  }
}

/** Write what differs from the start; the scenario always, so that a link says what it shows. */
export function writeSettings(s: Settings, query = new URLSearchParams()): URLSearchParams {
  query.set('scenario', s.scenario)
  if (s.against) query.set('against', s.against)
  if (s.until !== START.until) query.set('until', s.until)
  for (const item of s.set) query.append('set', writeSetting(item))
  for (const item of s.charts) query.append('chart', item)
  const weights = writeWeights(s.weights)
  if (weights) query.set('weights', weights)
  if (s.draws !== START.draws) query.set('draws', String(s.draws))
  if (s.seed !== START.seed) query.set('seed', String(s.seed))
  if (s.period !== START.period) query.set('period', s.period)
  if (s.as_of) query.set('as_of', s.as_of)
  return query
}

export function readWeights(text: string): Weights {
  const found: Weights = {}
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split(':')
    const number = Number(value)
    if (name && value !== '' && Number.isFinite(number) && number >= 0) found[name] = number
  }
  return found
}

export function writeWeights(weights: Weights): string {
  return Object.entries(weights)
    .map(([name, value]) => `${name}:${value}`)
    .join(',')
}
