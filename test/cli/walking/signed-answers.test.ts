/** Signed answers before a run is taken up: refused for any doubt, and written for nothing but what is asked now. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answersFrom } from '../../../src/cli/walking/answers.ts'
import { UnprovedAnswer } from '../../../src/cli/walking/refused-answer.ts'
import { checkSigned, type Waiting, withoutOthers, writeSigned } from '../../../src/cli/walking/signed-answers.ts'
import { DeskError } from '../../../src/model/failure.ts'
import type { Need } from '../../../src/model/journal.ts'
import { fold } from '../../../src/walk/fold.ts'
import type { Answers, GivenAnswer } from '../../../src/walk/headless.ts'
import { livePeople, lost, question, run, waitingFor, type LivePeople } from './live-people.ts'

const other = 'run-01m7xcdr30rsz82ttbzfhfpn7q'
const here: Waiting = { run, state: waitingFor([question()]) }
const answersOf = (given: GivenAnswer, id = 'tree/asked#q1'): Answers => ({ answers: new Map([[id, given]]) })
/** What it is refused with; undefined where it counts. */
function refusal(people: LivePeople, answers: Answers, waiting: Waiting | 'new' = here): string | undefined {
  try {
    checkSigned(answers, waiting === 'new' ? undefined : waiting, people.session, people.context, undefined)
    return undefined
  } catch (error) {
    if (error instanceof UnprovedAnswer) return error.code
    throw error
  }
}

describe('before a run is taken up', () => {
  it('what is signed for what it asks now is let through', () => {
    const people = livePeople()
    expect(refusal(people, answersOf(people.signed('risk', 'no')))).toBeUndefined()
    expect(refusal(people, answersOf(people.signed('risk', 'no'), 'asked.q1'))).toBeUndefined()
    // A run that died has not said what it waits for; it is looked at when it asks.
    const died = { run, state: fold([]) }
    expect(refusal(people, answersOf(people.signed('risk', 'yes', { answer: 'no' })), died)).toBeUndefined()
  })

  it('what was signed for another run, or before there was one, is refused', () => {
    const people = livePeople()
    expect(refusal(people, answersOf(people.signed('risk', 'no', { run: other })))).toBe('void')
    expect(refusal(people, answersOf(people.signed('risk', 'no')), 'new')).toBe('void')
  })

  it('what is not asked now is refused: a place that was answered, a visit that is over, a later attempt', () => {
    const people = livePeople()
    const given = people.signed('risk', 'no')
    expect(refusal(people, answersOf(given), { run, state: waitingFor([question(1, 'q2')]) })).toBe('void')
    expect(refusal(people, answersOf(given), { run, state: waitingFor([question(2)]) })).toBe('bad-signature')
    const need: Need = { kind: 'settle', at: { path: 'runbook/one#place', visit: 1 }, title: 'Place it' }
    const settled = people.signed('risk', 'not-done', { need, state: waitingFor([need], [lost(need.at, 1)]) })
    const settling = (attempts: number): Waiting => ({
      run,
      state: waitingFor(
        [need],
        [1, 2].slice(0, attempts).map((attempt) => lost(need.at, attempt)),
      ),
    })
    expect(refusal(people, answersOf(settled, need.at.path), settling(1))).toBeUndefined()
    expect(refusal(people, answersOf(settled, need.at.path), settling(2))).toBe('bad-signature')
  })

  it('what somebody else signed, over other words, or whose time is not now, is refused', () => {
    const people = livePeople()
    const given = people.signed('risk', 'no')
    expect(refusal(people, answersOf({ ...given, answer: 'yes' }))).toBe('bad-signature')
    expect(refusal(people, answersOf({ ...given, reason: 'because' }))).toBe('bad-signature')
    expect(refusal(people, answersOf({ ...given, by: { id: 'oncall', via: 'answers-file' } }))).toBe('unknown-signer')
    expect(refusal(people, answersOf(people.signed('visitor', 'no')))).toBe('unknown-signer')
    expect(refusal(people, answersOf(people.signed('risk', 'no', { namespace: 'file' })))).toBe('wrong-namespace')
    people.minutes(-1)
    expect(refusal(people, answersOf(given))).toBe('too-early')
    people.minutes(11)
    expect(refusal(people, answersOf(given))).toBe('expired')
  })

  it('one that does not count is enough', () => {
    const people = livePeople()
    const answers: Answers = {
      answers: new Map([
        ['tree/asked#q1', people.signed('risk', 'no')],
        ['tree/asked#q2', people.signed('stranger', 'no', { need: question(1, 'q2') })],
      ]),
    }
    expect(refusal(people, answers, { run, state: waitingFor([question(), question(1, 'q2')]) })).toBe('unknown-signer')
  })

  it('where several runs are taken up, each is given its own', () => {
    const people = livePeople()
    const [own, others] = [people.signed('risk', 'no'), people.signed('risk', 'no', { run: other })]
    const answers: Answers = { answers: new Map(Object.entries({ own, others })) }
    expect([...withoutOthers(answers, run).answers.keys()]).toEqual(['own'])
  })
})

describe('a file of answers on a live desk', () => {
  const fields = { who: 'risk', when: '2026-11-20T12:00:00Z', until: '2026-11-20T13:00:00Z', run, epoch: 'none' }
  const read = (people: LivePeople, entry: Readonly<Record<string, string>>): Answers => {
    const lines = Object.entries({ id: 'q1', answer: 'no', ...entry }).map(([name, value]) => `${name}: '${value}'`)
    writeFileSync(join(people.context.deps.cwd, 'file'), `answers:\n  - ${lines.join('\n    ')}\n`)
    const { session, context } = people
    return answersFrom({ answers: 'file' }, session.person, session.desk, context.deps, () => undefined)
  }

  it.each(['who', 'when', 'until', 'run', 'epoch', 'signature'] as const)(
    'takes nothing that lacks %s: it is not signed',
    (name) => {
      const people = livePeople()
      const entry = Object.fromEntries(Object.entries({ ...fields, signature: 'x' }).filter(([key]) => key !== name))
      expect(() => read(people, entry)).toThrow(UnprovedAnswer)
      // Whole it is read, and judged by what it says: another halt or grant is in force.
      expect(refusal(people, read(people, { ...fields, signature: 'x' }))).toBe('void')
    },
  )
})

describe('what is written for later', () => {
  const write = async (people: LivePeople, answers: Answers, sign?: string): Promise<string> => {
    const { session, context } = people
    try {
      await writeSigned(answers, here, { write: 'signed', ...(sign === undefined ? {} : { sign }) }, session, context)
      return readFileSync(join(context.deps.cwd, 'signed'), 'utf8')
    } catch (error) {
      if (error instanceof DeskError) return error.code
      throw error
    }
  }
  const flag = (answer: string): GivenAnswer => ({ answer, by: { id: 'oncall', via: 'flag' } })

  it('is signed, and asked now', async () => {
    const people = livePeople()
    expect(await write(people, answersOf(flag('no')))).toBe('no-key')
    expect(await write(people, { answers: new Map() }, 'risk.pub')).toBe('no-answer')
    expect(await write(people, answersOf(flag('no'), 'tree/asked#q2'), 'risk.pub')).toBe('not-asked')
  })

  it('is what whoever signs has said themselves, never what a file says', async () => {
    const people = livePeople()
    const fromFile: GivenAnswer = { answer: 'no', by: { id: 'oncall', via: 'answers-file' } }
    expect(await write(people, answersOf(fromFile), 'risk.pub')).toBe('no-answer')
    expect(await write(people, answersOf(people.signed('oncall', 'no')), 'risk.pub')).toBe('no-answer')
  })
})
