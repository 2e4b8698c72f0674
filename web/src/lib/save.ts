/** Charts and data as files. Pictures carry their title and where they come from. */

import { runs } from '../state/runs.svelte'
import { page } from '../state/page.svelte'
import { t } from '../strings/index.svelte'
import { QUANTILES } from '../engine/types'
import type { ChartView } from './view'
import { writeSetting } from './settings'

const STYLED = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'fill-opacity',
  'font',
  'font-style',
]
const TITLE = 40
const FOOT = 26

export function save(name: string, data: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(data)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

export function saveSvg(svg: SVGSVGElement, title: string): void {
  save(`${slug(title)}.svg`, new Blob([picture(svg, title).text], { type: 'image/svg+xml' }))
}

export async function savePng(svg: SVGSVGElement, title: string): Promise<void> {
  const { text, width, height } = picture(svg, title)
  const image = new Image()
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text)
  await image.decode()
  const canvas = document.createElement('canvas')
  const scale = 3
  canvas.width = width * scale
  canvas.height = height * scale
  const pen = canvas.getContext('2d')!
  pen.scale(scale, scale)
  pen.drawImage(image, 0, 0)
  canvas.toBlob((blob) => blob && save(`${slug(title)}.png`, blob), 'image/png')
}

/** The chart with its styles written into it, a title above and its origin below. */
function picture(svg: SVGSVGElement, title: string): { text: string; width: number; height: number } {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const from = [svg, ...svg.querySelectorAll('*')]
  const to = [copy, ...copy.querySelectorAll('*')]
  from.forEach((element, i) => {
    const style = getComputedStyle(element)
    for (const name of STYLED) (to[i] as SVGElement).setAttribute(name, style.getPropertyValue(name))
    to[i]!.removeAttribute('class')
    to[i]!.removeAttribute('style')
  })
  const width = svg.width.baseVal.value
  const height = svg.height.baseVal.value + TITLE + FOOT
  const root = getComputedStyle(document.documentElement)
  const page_ = getComputedStyle(svg.closest('figure') ?? document.body)
  const note = (text: string, y: number, size: number, weight = 400) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', 'text')
    element.textContent = text
    element.setAttribute('x', '8')
    element.setAttribute('y', String(y))
    element.setAttribute('font', '')
    element.setAttribute('font-family', root.fontFamily || 'sans-serif')
    element.setAttribute('font-size', String(size))
    element.setAttribute('font-weight', String(weight))
    element.setAttribute('fill', page_.color)
    return element
  }
  const box = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  box.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  box.setAttribute('viewBox', `0 0 ${width} ${height}`)
  box.setAttribute('width', String(width))
  box.setAttribute('height', String(height))
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  ground.setAttribute('width', String(width))
  ground.setAttribute('height', String(height))
  ground.setAttribute('fill', page_.backgroundColor)
  copy.setAttribute('y', String(TITLE))
  box.append(ground, note(title, 24, 14, 600), copy, note(origin(), height - 9, 10))
  return { text: new XMLSerializer().serializeToString(box), width, height }
}

/** Where a picture comes from, in one line. */
function origin(): string {
  const { scenario, set, seed, draws } = page.settings
  const moved = set.length ? ` ${set.map(writeSetting).join(' ')}` : ''
  return `countervail ${runs.meta?.version ?? ''}: ${scenario}${moved}, ${t('status.ready', { draws: String(draws) })}, seed ${seed}`
}

export function saveCsv(view: ChartView, title: string): void {
  save(`${slug(title)}.csv`, new Blob([csv(view)], { type: 'text/csv' }))
}

/** One row a period and outcome, with every quantile as it came. */
export function csv(view: ChartView): string {
  const rows = [['scenario', 'variable', 'region', 'unit', 'period', ...QUANTILES, 'mean']]
  for (const fan of [...view.fans, ...view.second]) {
    const [variable = '', region = ''] = fan.key.split('@')
    const scenario = fan.second ? (runs.base?.scenario ?? '') : scenarioName()
    fan.periods.forEach((period, i) => {
      const values = [...QUANTILES, 'mean' as const].map((q) => String(fan.numbers[q][i] ?? ''))
      rows.push([scenario, variable, region, view.unit, period, ...values])
    })
  }
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

function scenarioName(): string {
  const { scenario, set } = page.settings
  return [scenario, ...set.map(writeSetting)].join(' ')
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function slug(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'chart'
  )
}
