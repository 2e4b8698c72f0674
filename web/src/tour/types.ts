/** What the tour is made of. */

export interface Step {
  id: string
  query: string // the address of the page at this step, without the language
  highlight: string // selector of the element the step speaks of
}

export interface Catalogue {
  title: string
  start: string
  next: string
  back: string
  skip: string
  done: string
  step: string
  keys: string
  steps: Record<string, { title: string; text: string }>
}

/** `presets/tour.json`: each figure written out in each language. */
export interface Figures {
  made: Record<string, string | number>
  figures: Record<string, Record<string, string>>
}
