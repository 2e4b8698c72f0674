/**
 * Latest wins: one job runs, at most one waits. A newer job takes the place of the one that waits, which is then
 * never started; the running one is aborted only when the newer job says so.
 */
export type Job<T> = (signal: AbortSignal) => Promise<T>

interface Waiting<T> {
  job: Job<T>
  done: (value: T | null) => void
  failed: (fault: unknown) => void
}

export class Latest {
  private running: AbortController | null = null
  private waiting: Waiting<unknown> | null = null
  started = 0
  dropped = 0

  /** Run a job, or keep it until the running one ends. Resolves to null when a newer job took its place. */
  ask<T>(job: Job<T>, abortRunning = false): Promise<T | null> {
    return new Promise<T | null>((done, failed) => {
      if (this.waiting) {
        this.dropped++
        this.waiting.done(null)
      }
      this.waiting = { job, done, failed } as Waiting<unknown>
      if (!this.running) void this.next()
      else if (abortRunning) this.running.abort()
    })
  }

  /** Give up the job that waits and the one that runs: what they would answer is asked no more. */
  drop(): void {
    if (this.waiting) {
      this.dropped++
      this.waiting.done(null)
      this.waiting = null
    }
    this.running?.abort()
  }

  get busy(): boolean {
    return this.running !== null
  }

  private async next(): Promise<void> {
    const now = this.waiting
    if (!now) return
    this.waiting = null
    const control = new AbortController()
    this.running = control
    this.started++
    try {
      const value = await now.job(control.signal)
      now.done(control.signal.aborted ? null : value)
    } catch (fault) {
      if (control.signal.aborted) now.done(null)
      else now.failed(fault)
    } finally {
      this.running = null
      void this.next()
    }
  }
}
