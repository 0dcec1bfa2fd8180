/** Says that we are there where there was nothing else to say for a while; asks whether the venue is, once, and then gives it up. */
import type { StartTimer } from '../deadline.ts'

export interface HeartbeatMeans {
  readonly startTimer: StartTimer
  readonly everyMs: number
  readonly sayThere: () => void
  readonly askThere: () => void
  readonly giveUp: () => void
}

export class Heartbeat {
  readonly #means: HeartbeatMeans
  #hasSent = false
  #hasHeard = false
  #hasAsked = false
  #stop: (() => void) | undefined

  constructor(means: HeartbeatMeans) {
    this.#means = means
  }

  start(): void {
    const { startTimer, everyMs } = this.#means
    this.#stop = startTimer(everyMs, () => {
      this.#beat()
    })
  }
  stop(): void {
    this.#stop?.()
  }
  noteSent(): void {
    this.#hasSent = true
  }
  noteHeard(): void {
    this.#hasHeard = true
  }

  #beat(): void {
    const { sayThere, askThere, giveUp } = this.#means
    if (!this.#hasHeard && this.#hasAsked) {
      giveUp()
      return
    }
    this.#hasAsked = !this.#hasHeard
    if (!this.#hasHeard) askThere()
    else if (!this.#hasSent) sayThere()
    this.#hasSent = false
    this.#hasHeard = false
    this.start()
  }
}
