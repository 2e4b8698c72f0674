/** Where the page shows a thing: from its kind and id to a view and what the view is asked for. */

export interface Place {
  view: string
  to: Record<string, string>
}

export function placeOf(kind: string, id: string): Place | null {
  switch (kind) {
    case 'chip':
      return { view: 'chips', to: { chip: id } }
    case 'measure':
    case 'rule':
      return { view: 'evidence', to: { measure: id } }
    case 'parameter':
      return { view: 'model', to: { mechanism: id.split('.')[0] ?? '', parameter: id } }
    case 'background':
      return { view: 'model', to: { mechanism: id.split('.')[0] ?? '' } }
    case 'mechanism':
      return { view: 'model', to: { mechanism: id } }
    case 'series':
      return { view: 'evidence', to: { series: id } }
    case 'alliance':
    case 'standard':
      return { view: 'evidence', to: { tab: 'alliances' } }
    case 'event':
      return { view: 'evidence', to: { event: id } }
    case 'claim':
      return { view: 'evidence', to: { tab: 'claims', claim: id } }
    case 'source':
      return { view: 'evidence', to: { source: id } }
    default:
      return null
  }
}
