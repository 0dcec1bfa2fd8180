/** What the session layer of FIX 4.2 does with each message of the venue: order, gaps, repetitions, questions whether we are there. */
import type { SessionLog } from './session-log.ts'
import { timestampOf } from './report.ts'
import { type Fields, type Message, countIn, isSendable, only } from './wire.ts'

/** What both sides know of each other over one connection. */
export interface Conversation {
  readonly sender: string
  readonly target: string
  isLoggedOn: boolean
  /** The venue said goodbye. */
  isOver: boolean
  /** Everything up to here was asked for again and has not come yet. */
  missingUpTo: number | undefined
  /** Our tests that the venue has not echoed yet. */
  readonly tests: Set<string>
}

export interface Line {
  readonly log: SessionLog
  readonly now: () => Date
  readonly conversation: Conversation
  /** One more message under a number of its own. */
  readonly send: (type: string, fields: Fields) => void
  /** A message under a number that was used before. */
  readonly sendAgain: (type: string, seq: number, fields: Fields) => void
  /** Breaks the connection off. */
  readonly end: (reason: string) => void
}

export function receive(line: Line, message: Message): void {
  const { conversation } = line
  const { type, fields } = message
  const seq = countIn(fields, 34)
  if (only(fields, 49) !== conversation.target || only(fields, 56) !== conversation.sender) {
    line.end('the messages are those of another session')
    return
  }
  if (seq === undefined || seq === 0) {
    line.end('a message without a sequence number')
    return
  }
  if (!conversation.isLoggedOn && !admitted(line, type, fields)) return
  if (type === '4' && only(fields, 123) !== 'Y') {
    resetTo(line, countIn(fields, 36))
    return
  }
  // Both may lack something of the other, so these are answered whatever their number.
  if (type === '2') fillGap(line, countIn(fields, 7), countIn(fields, 16))
  if (type === '5') partWith(line, fields)
  takeInOrder(line, type, seq, fields)
}

/** Whether the venue has let us in. */
function admitted({ conversation, end }: Line, type: string, fields: Fields): boolean {
  const words = only(fields, 58)
  if (type === 'A' && only(fields, 141) === 'Y') {
    // It has forgotten our numbers, and perhaps our orders: nobody but a person can tell.
    end('the venue has begun its sequence numbers anew')
    return false
  }
  if (type === 'A') {
    conversation.isLoggedOn = true
    return true
  }
  end(type === '5' || type === '3' ? `the venue refused us: ${words ?? 'no reason given'}` : 'no logon came first')
  return false
}

function resetTo(line: Line, next: number | undefined): void {
  const { log, end } = line
  if (next === undefined || next < log.state.nextIn) end('the venue takes sequence numbers back')
  else log.append([{ kind: 'skipped', next }], false)
  noteComplete(line)
}

/** Nothing is missing any more once the numbers have passed what was. */
function noteComplete(line: Line): void {
  const { conversation, log } = line
  if (conversation.missingUpTo === undefined || log.state.nextIn <= conversation.missingUpTo) return
  conversation.missingUpTo = undefined
  testAgain(line)
}

/**
 * Nothing is ever sent again: an order of some time ago is not the order that anybody wants now. The venue is told that nothing comes,
 * and that it asked is proof that it never had them.
 */
function fillGap(line: Line, begin: number | undefined, end: number | undefined): void {
  const { log, now } = line
  const next = log.state.nextOut
  if (begin === undefined || begin === 0 || end === undefined) {
    line.end('a request for something that has no number')
    return
  }
  if (begin >= next) return
  const to = end === 0 || end >= next ? next : end + 1
  if (to <= begin) return
  // Durable first: once it has been told, the venue never asks again, and nobody could prove it any more.
  log.append([{ kind: 'unreceived', from: begin, to }], true)
  const sentAt = timestampOf(now())
  line.sendAgain('4', begin, [
    [43, 'Y'],
    [122, sentAt],
    [123, 'Y'],
    [36, String(to)],
  ])
  if (line.conversation.missingUpTo !== undefined) askForMissing(line)
  testAgain(line)
}

/** What we asked that lay in a gap is answered no more, nor is a test whose echo did. */
function testAgain({ conversation, send }: Line): void {
  for (const test of conversation.tests) send('1', [[112, test]])
}

function askForMissing({ log, send }: Line): void {
  send('2', [
    [7, String(log.state.nextIn)],
    [16, '0'],
  ])
}

function partWith({ conversation, send, end }: Line, fields: Fields): void {
  if (!conversation.isOver) {
    conversation.isOver = true
    send('5', [])
  }
  end(`the venue ended the session: ${only(fields, 58) ?? 'no reason given'}`)
}

function takeInOrder(line: Line, type: string, seq: number, fields: Fields): void {
  const { log, conversation, end, send } = line
  const expected = log.state.nextIn
  if (seq > expected) {
    if (conversation.missingUpTo === undefined) askForMissing(line)
    conversation.missingUpTo = Math.max(conversation.missingUpTo ?? 0, seq)
    return
  }
  if (seq < expected) {
    // A repetition of what we have. Without the mark the venue has lost count, and nothing it says can be ordered any more.
    if (only(fields, 43) !== 'Y') end(`the venue is at number ${String(seq)}, where ${String(expected)} comes next`)
    return
  }
  if (type === '4') {
    const next = countIn(fields, 36)
    if (next === undefined || next <= seq) end('the venue fills a gap with nothing')
    else log.append([{ kind: 'skipped', next }], false)
  } else {
    const kept = isAboutOrders(type) ? { fields: fields.map(([tag, value]): [number, string] => [tag, value]) } : {}
    log.append([{ kind: 'received', seq, at: line.now().toISOString(), ...kept }], false)
  }
  if (type === '0') conversation.tests.delete(only(fields, 112) ?? '')
  if (type === '1') send('0', echoOf(only(fields, 112)))
  noteComplete(line)
}

const echoOf = (test: string | undefined): Fields => (test !== undefined && isSendable(test) ? [[112, test]] : [])

/** Execution reports, cancels turned down, and messages that were refused as such. */
const isAboutOrders = (type: string): boolean => ['8', '9', 'j', '3'].includes(type)
