/** A venue that follows a script: by itself it does what a decent one does, and tests replace any answer of it. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Fields, Framer, type Message, countIn, encode, only } from '../../../src/adapters/fix/wire.ts'

type Answer = (message: Message, venue: Counterparty) => void

export class Counterparty {
  readonly received: Message[] = []
  /** Numbers that came although they had been there: it takes no more from such a sender. */
  readonly usedTwice: number[] = []
  /** By the type of what came in; what is not here gets the usual answer. */
  readonly answers: Record<string, Answer> = {}
  /** The next number that is expected, and the next one of our own. */
  nextIn = 1
  nextOut = 1
  /** What a real venue keeps for those who ask for it again. */
  readonly sent = new Map<number, Fields>()
  /** Orders that it took, and those of them that are open, by their ids. */
  readonly taken: Message[] = []
  readonly book = new Set<string>()
  readonly #server: Server
  #socket: Socket | undefined
  #executions = 0

  constructor() {
    this.#server = createServer((socket) => {
      this.#socket = socket
      const framer = new Framer()
      socket.on('data', (chunk) => {
        for (const frame of framer.push(chunk)) if (frame.kind === 'message') this.#hear(frame.message)
      })
      socket.on('error', () => undefined)
    })
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }
  close(): void {
    this.#server.close()
    this.cut()
  }
  cut(): void {
    this.#socket?.destroy()
  }

  ofType(type: string): readonly Message[] {
    return this.received.filter((message) => message.type === type)
  }

  #hear(message: Message): void {
    this.received.push(message)
    const seq = countIn(message.fields, 34) ?? 0
    const answer = this.answers[message.type] ?? usual[message.type]
    if (message.type === '4') {
      this.nextIn = countIn(message.fields, 36) ?? this.nextIn
      return
    }
    if (seq > this.nextIn) {
      if (message.type === 'A') answer?.(message, this)
      this.say('2', [
        [7, String(this.nextIn)],
        [16, '0'],
      ])
      return
    }
    if (seq < this.nextIn) {
      this.usedTwice.push(seq)
      this.say('5', [[58, `MsgSeqNum too low, expecting ${String(this.nextIn)} but received ${String(seq)}`]])
      return
    }
    this.nextIn++
    answer?.(message, this)
  }

  /** A message under the next number. */
  say(type: string, fields: Fields = []): void {
    const seq = this.nextOut++
    this.sent.set(seq, [[35, type], ...fields])
    this.sayAs(seq, [[35, type], ...fields])
  }
  /** Something that happens while nobody is connected. */
  keep(type: string, fields: Fields): void {
    this.sent.set(this.nextOut++, [[35, type], ...fields])
  }
  /** A message under any number, with whatever header a test needs. */
  sayAs(
    seq: number,
    [type, ...fields]: Fields,
    header: Fields = [],
    names: readonly [string, string] = ['VENUE', 'DESK'],
  ): void {
    if (type === undefined) throw new Error('a message has a type')
    const time = '20261120-14:00:00.000'
    this.write(encode([type, [49, names[0]], [56, names[1]], [34, String(seq)], [52, time], ...header, ...fields]))
  }
  write(bytes: Uint8Array): void {
    this.#socket?.write(bytes)
  }

  /** Says again what is asked for; what only the session needed is skipped. */
  replay(from: number): void {
    for (let seq = from; seq < this.nextOut; seq++) {
      const fields = this.sent.get(seq) ?? [[35, '0']]
      const isForSession = ['0', '1', '2', '4', '5', 'A'].includes(fields[0]?.[1] ?? '')
      if (!isForSession) this.sayAs(seq, fields, again)
      else
        this.sayAs(
          seq,
          [
            [35, '4'],
            [123, 'Y'],
            [36, String(seq + 1)],
          ],
          again,
        )
    }
  }

  report(order: Message, status: string, more: Fields = []): Fields {
    const text = (tag: number): string => only(order.fields, tag) ?? ''
    const own = new Set(more.map(([tag]) => tag))
    if (order.type === 'D') this.taken.push(order)
    if (order.type === 'D') this.book.add(text(11))
    else this.book.delete(text(41))
    const usualFields: Fields = [
      [37, `V-${text(11)}`],
      [17, `E${String(++this.#executions)}`],
      [20, '0'],
      [150, status],
      [39, status],
      [11, text(11)],
      [55, text(55)],
      [54, text(54)],
      [38, text(38)],
      [14, '0'],
      [151, '0'],
      [6, '0'],
    ]
    return [...usualFields.filter(([tag]) => !own.has(tag)), ...more]
  }
}

const again: Fields = [
  [43, 'Y'],
  [122, '20261120-13:59:00.000'],
]

const usual: Readonly<Record<string, Answer>> = {
  A: (_, venue) => {
    venue.say('A', [
      [98, '0'],
      [108, '30'],
    ])
  },
  '1': ({ fields }, venue) => {
    venue.say('0', [[112, only(fields, 112) ?? '']])
  },
  '2': ({ fields }, venue) => {
    venue.replay(countIn(fields, 7) ?? 1)
  },
  '5': (_, venue) => {
    venue.say('5')
  },
  D: (order, venue) => {
    venue.say('8', venue.report(order, '0'))
  },
  F: (request, venue) => {
    venue.say('8', venue.report(request, '4', [[41, only(request.fields, 41) ?? '']]))
  },
}
