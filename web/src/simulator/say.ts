/** The sentences above the charts: a template each, filled with numbers of the run shown. */

import type { Series } from '../engine/types'
import { percent, signed, signedPercent, words } from '../lib/format'
import type { Shown } from '../state/runs.svelte'
import { t, type Values } from '../strings/index.svelte'

/** The year of the sentence on the market, by whose end most of its changes are behind it. */
const MARKET_YEAR = 2028

export interface Said {
  text: string
  values: Values
}

const SMALL = 0.005 // a relative change that rounding would not show

export function sentences(main: Shown, base: Shown | null, against: string): Said[] {
  const s = (key: string, run: Shown | null = main) => run?.series[key]
  const cn = s('Compute|Stock@CN')
  const us = s('Compute|Stock@US')
  const ratio = s('Compute|Stock ratio@US to CN')
  const share = s('Market|Domestic share@CN')
  const revenue = s('Chips|Revenue|NVIDIA@CN')
  const lag = s('AI|Frontier lag@CN')
  const year = main.leadership.years.at(-1) ?? ''
  const found: Said[] = []
  if (cn && us && ratio) {
    found.push({
      text: t('say.compute') + ' ' + changed('compute', relative(cn, s('Compute|Stock@CN', base))),
      values: {
        year,
        ...range('cn', cn, words),
        ...range('ratio', ratio, words),
        against,
        change: signedPercent(relative(cn, s('Compute|Stock@CN', base)) ?? 0),
      },
    })
  }
  if (share && revenue) {
    const at = Math.max(share.annual.years.indexOf(MARKET_YEAR), 0) || share.annual.years.length - 1
    const move = difference(share, s('Market|Domestic share@CN', base), at)
    found.push({
      text: t('say.market') + ' ' + changed('market', move),
      values: {
        year: share.annual.years[at] ?? '',
        ...range('share', share, percent, at),
        ...range('revenue', revenue, words, at),
        against,
        change: signed((move ?? 0) * 100),
      },
    })
  }
  if (lag) {
    const move = difference(lag, s('AI|Frontier lag@CN', base))
    const compute = main.leadership.dimensions.compute
    found.push({
      text: t('say.lag') + ' ' + changed('lag', move === null ? null : move / 12),
      values: {
        year,
        ...range('lag', lag, words),
        usLead: percent(compute?.US.at(-1) ?? NaN),
        cnLead: percent(compute?.CN.at(-1) ?? NaN),
        against,
        change: signed(move ?? 0),
      },
    })
  }
  return found

  function changed(what: 'compute' | 'market' | 'lag', move: number | null): string {
    if (move === null) return ''
    return Math.abs(move) < SMALL ? t('say.change.none') : t(`say.change.${what}`)
  }
}

function range(name: string, series: Series, text: (v: number) => string, year = -1): Values {
  const { annual } = series
  const at = (q: 'p5' | 'p50' | 'p95') => text(annual[q].at(year) ?? NaN)
  return { [name]: at('p50'), [`${name}Low`]: at('p5'), [`${name}High`]: at('p95') }
}

/** Change of the median in the last year, over the median of the other run. */
function relative(series: Series, other: Series | undefined): number | null {
  const before = other?.annual.p50.at(-1)
  const after = series.annual.p50.at(-1)
  return before && after !== undefined ? after / before - 1 : null
}

function difference(series: Series, other: Series | undefined, year = -1): number | null {
  const before = other?.annual.p50.at(year)
  const after = series.annual.p50.at(year)
  return before !== undefined && after !== undefined ? after - before : null
}
