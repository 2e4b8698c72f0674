import { describe, expect, it } from 'vitest'
import { Latest } from './latest'

const later = <T>(value: T) => {
  let free: () => void = () => {}
  const gate = new Promise<void>((done) => (free = done))
  const job = async (signal: AbortSignal) => {
    await Promise.race([
      gate,
      new Promise<void>((_, no) => signal.addEventListener('abort', () => no(Error('x')))),
    ])
    return value
  }
  return { job, free }
}

describe('Latest', () => {
  it('runs one, keeps the newest waiting and never starts those between', async () => {
    const queue = new Latest()
    const first = later(1)
    const a = queue.ask(first.job)
    const b = queue.ask(async () => 2)
    const c = queue.ask(async () => 3)
    first.free()
    expect(await Promise.all([a, b, c])).toEqual([1, null, 3])
    expect(queue.started).toBe(2)
    expect(queue.dropped).toBe(1)
  })

  it('aborts the running job when the newer one asks for it', async () => {
    const queue = new Latest()
    const slow = later(1)
    const a = queue.ask(slow.job)
    const b = queue.ask(async () => 2, true)
    expect(await a).toBeNull()
    expect(await b).toBe(2)
    expect(queue.busy).toBe(false)
  })

  it('hands on a fault and goes on', async () => {
    const queue = new Latest()
    await expect(
      queue.ask(async () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await queue.ask(async () => 4)).toBe(4)
  })

  it('gives up what runs and what waits', async () => {
    const queue = new Latest()
    const slow = later(1)
    const a = queue.ask(slow.job)
    const b = queue.ask(async () => 2)
    queue.drop()
    expect(await Promise.all([a, b])).toEqual([null, null])
    expect(await queue.ask(async () => 3)).toBe(3)
  })
})
