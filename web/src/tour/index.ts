/** The guided tour: steps with the state of the page, texts by language, figures made from results. */

import type { Catalogue, Figures, Step } from './types'
import steps from './steps.json'

const texts = import.meta.glob<{ default: Catalogue }>('./tour.*.json')

export const STEPS: Step[] = steps

/** Return the texts of a language, with the figures filled in. `figures` is `presets/tour.json`. */
export async function tour(language: string, figures: Figures): Promise<Catalogue> {
  const load = texts[`./tour.${language}.json`] ?? texts['./tour.en.json']
  const found = (await load!()).default
  const values = figures.figures[language] ?? figures.figures.en ?? {}
  const filled = Object.entries(found.steps).map(([id, step]) => [
    id,
    { title: step.title, text: fill(step.text, values) },
  ])
  return { ...found, steps: Object.fromEntries(filled) }
}

/** Fill in what the text names; a name without a figure stays, so that a mistake is seen. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all)
}
