/** Which dialog is open over the simulator. */

export type Sheet =
  | { kind: 'why'; chart: string }
  | { kind: 'rests'; chart: string }
  | { kind: 'picker'; place: number } // the length of the list adds one
  | { kind: 'share' }

class Sheets {
  now = $state.raw<Sheet | null>(null)

  open(sheet: Sheet): void {
    this.now = sheet
  }

  close = (): void => {
    this.now = null
  }
}

export const sheets = new Sheets()
