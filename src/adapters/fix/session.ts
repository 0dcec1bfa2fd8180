/**
 * One connection to a venue, from logon to logout. It is open once both sides have told each other all that the other one lacked, and
 * when it breaks, that is the end of it: what was under way then is unknown, and the next connection finds out.
 */
import type { Socket } from 'node:net'
import type { StartTimer } from '../deadline.ts'
import { Heartbeat } from './heartbeat.ts'
import { type Conversation, type Line, receive } from './protocol.ts'
import type { SentRecord } from './records.ts'
import { timestampOf } from './report.ts'
import type { SessionLog } from './session-log.ts'
import { firstNumber } from './state.ts'
import { type Fields, Framer, encode } from './wire.ts'

export interface SessionSettings {
  readonly host: string
  readonly port: number
  /** Our name, and the venue's. */
  readonly sender: string
  readonly target: string
  readonly heartbeatSeconds: number
}
export interface SessionMeans {
  readonly now: () => Date
  readonly startTimer: StartTimer
  readonly connect: (host: string, port: number) => Socket
}
export interface Outgoing {
  readonly type: string
  readonly fields: Fields
  readonly order?: NonNullable<SentRecord['order']>
  readonly cancel?: NonNullable<SentRecord['cancel']>
}
export interface End {
  readonly reason: string
  /** Nobody answered, in contrast to a refusal. */
  readonly unreachable: boolean
}

const logoutMs = 500
/** Frames that make no sense, after which there is no point in listening. */
const mostGarbled = 20

export class Session {
  #ended: End | undefined
  readonly #settings: SessionSettings
  readonly #means: SessionMeans
  readonly #log: SessionLog
  readonly #socket: Socket
  readonly #framer = new Framer()
  readonly #conversation: Conversation
  readonly #line: Line
  readonly #watchers = new Set<() => void>()
  #isOpened = false
  #garbled = 0
  #tests = 0
  readonly #heartbeat: Heartbeat

  constructor(settings: SessionSettings, log: SessionLog, means: SessionMeans) {
    this.#settings = settings
    this.#means = means
    this.#log = log
    const { sender, target } = settings
    this.#conversation = {
      ...{ sender, target, isLoggedOn: false, isOver: false, missingUpTo: undefined },
      tests: new Set(),
    }
    this.#line = {
      ...{ log, now: means.now, conversation: this.#conversation },
      send: (type, fields) => {
        this.transmit([{ type, fields }])
      },
      sendAgain: (type, seq, fields) => {
        this.#write([this.#encode(type, seq, fields)])
      },
      end: (reason) => {
        this.#end({ reason, unreachable: false })
      },
    }
    this.#heartbeat = new Heartbeat({
      startTimer: means.startTimer,
      everyMs: settings.heartbeatSeconds * 1000,
      sayThere: () => {
        this.transmit([{ type: '0', fields: [] }])
      },
      askThere: () => {
        this.transmit([{ type: '1', fields: [[112, 'there']] }])
      },
      giveUp: () => {
        this.#end({ reason: 'the venue fell silent', unreachable: true })
      },
    })
    this.#socket = means.connect(settings.host, settings.port)
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk) => {
      this.#hear(chunk)
    })
    this.#socket.on('error', (error) => {
      this.#end({ reason: `the connection broke: ${error.message}`, unreachable: true })
    })
    this.#socket.on('close', () => {
      this.#end({ reason: 'the connection was cut', unreachable: true })
    })
  }

  /** Undefined while the session stands. */
  get ended(): End | undefined {
    return this.#ended
  }

  /** Logs on and waits until neither side lacks anything. */
  async establish(signal: AbortSignal): Promise<End | undefined> {
    const wait = async (done: () => boolean, what: string): Promise<End | undefined> =>
      (await this.until(done, signal))
        ? undefined
        : (this.#ended ?? { reason: `no ${what} in time`, unreachable: true })
    this.#socket.on('connect', () => {
      this.#changed()
    })
    const connected = await wait(() => this.#socket.readyState === 'open', 'connection')
    if (connected !== undefined) return connected
    const { now } = this.#means
    const seq = firstNumber(this.#log.state)
    this.#isOpened = true
    // Where this cannot be written cancels still leave, and orders do not.
    this.#log.append([{ kind: 'opened', at: now().toISOString(), seq }], true)
    this.transmit([
      {
        type: 'A',
        fields: [
          [98, '0'],
          [108, String(this.#settings.heartbeatSeconds)],
        ],
      },
    ])
    this.#heartbeat.start()
    const loggedOn = await wait(() => this.#conversation.isLoggedOn, 'logon')
    if (loggedOn !== undefined) return loggedOn
    if (!(await this.roundTrip(signal))) return this.#ended ?? { reason: 'no echo in time', unreachable: true }
    return wait(() => this.#conversation.missingUpTo === undefined, 'missing messages')
  }

  /** True once the venue has echoed a test: it has read all that was sent before, and we have all that it had said by then. */
  roundTrip(signal: AbortSignal): Promise<boolean> {
    const test = `T${String(this.#log.state.nextOut)}-${String(++this.#tests)}`
    this.#conversation.tests.add(test)
    this.transmit([{ type: '1', fields: [[112, test]] }])
    return this.until(() => !this.#conversation.tests.has(test), signal)
  }

  /** Writes down, then sends. Answers why the file lacks it; it was sent all the same. */
  transmit(messages: readonly Outgoing[]): string | undefined {
    const numbered = this.#number(messages)
    const durable = messages.some(({ order, cancel }) => order !== undefined || cancel !== undefined)
    const problem = this.#log.append(
      numbered.map(({ record }) => record),
      durable,
    )
    this.#write(numbered.map(({ bytes }) => bytes))
    return problem
  }

  /** Writes down, then sends. Answers why nothing was sent. */
  commit(messages: readonly Outgoing[]): string | undefined {
    if (this.#ended !== undefined) return this.#ended.reason
    const numbered = this.#number(messages)
    const problem = this.#log.announce(numbered.map(({ record }) => record))
    if (problem === undefined) this.#write(numbered.map(({ bytes }) => bytes))
    return problem
  }

  #number(messages: readonly Outgoing[]): readonly { readonly bytes: Buffer; readonly record: SentRecord }[] {
    const first = this.#log.state.nextOut
    const at = this.#means.now().toISOString()
    return messages.map(({ type, fields, order, cancel }, index) => {
      const seq = first + index
      const about = { ...(order === undefined ? {} : { order }), ...(cancel === undefined ? {} : { cancel }) }
      return { bytes: this.#encode(type, seq, fields), record: { kind: 'sent', seq, at, type, ...about } }
    })
  }

  #encode(type: string, seq: number, fields: Fields): Buffer {
    const { sender, target } = this.#settings
    return encode([
      [35, type],
      [49, sender],
      [56, target],
      [34, String(seq)],
      [52, timestampOf(this.#means.now())],
      ...fields,
    ])
  }

  #write(messages: readonly Buffer[]): void {
    if (this.#ended !== undefined) return
    this.#heartbeat.noteSent()
    this.#socket.write(Buffer.concat(messages))
  }

  /** Waits for something that the venue's next words may bring. False: the session ended, or the signal came first. */
  until(done: () => boolean, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const look = (): void => {
        const isDone = done()
        if (!isDone && this.#ended === undefined && !signal.aborted) return
        this.#watchers.delete(look)
        signal.removeEventListener('abort', look)
        resolve(isDone)
      }
      this.#watchers.add(look)
      signal.addEventListener('abort', look)
      look()
    })
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look()
  }

  #hear(chunk: Buffer): void {
    this.#heartbeat.noteHeard()
    for (const frame of this.#framer.push(chunk)) {
      if (this.#ended !== undefined) return
      if (frame.kind === 'message') receive(this.#line, frame.message)
      else if (++this.#garbled > mostGarbled) this.#end({ reason: `garbage: ${frame.reason}`, unreachable: false })
    }
    this.#changed()
  }

  #end(end: End): void {
    if (this.#ended !== undefined) return
    this.#ended = end
    this.#heartbeat.stop()
    // What was written may still leave; what comes in is read no more.
    this.#socket.end()
    this.#socket.destroySoon()
    this.#changed()
  }

  /** Says goodbye and hears what the venue still had to say. */
  async close(): Promise<void> {
    const { startTimer, now } = this.#means
    if (this.#ended === undefined && this.#conversation.isLoggedOn) {
      this.#conversation.isOver = true
      this.transmit([{ type: '5', fields: [] }])
      const late = new AbortController()
      const cancel = startTimer(logoutMs, () => {
        late.abort()
      })
      await this.until(() => false, late.signal)
      cancel()
    }
    this.#end({ reason: 'closed', unreachable: false })
    this.#socket.destroy()
    if (this.#isOpened) this.#log.append([{ kind: 'closed', at: now().toISOString() }], false)
  }
}
