/** Steps back and forth through states written as text. */
export class Undo {
  private past: string[] = []
  private future: string[] = []

  constructor(
    private now: string,
    private readonly most = 200,
  ) {}

  /** Note a new state; the same state twice is one. */
  note(state: string): void {
    if (state === this.now) return
    this.past = [...this.past, this.now].slice(-this.most)
    this.now = state
    this.future = []
  }

  back(): string | null {
    const state = this.past.pop()
    if (state === undefined) return null
    this.future.push(this.now)
    this.now = state
    return state
  }

  forth(): string | null {
    const state = this.future.pop()
    if (state === undefined) return null
    this.past.push(this.now)
    this.now = state
    return state
  }

  get canBack(): boolean {
    return this.past.length > 0
  }

  get canForth(): boolean {
    return this.future.length > 0
  }
}
