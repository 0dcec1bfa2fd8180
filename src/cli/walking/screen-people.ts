/** A person at a terminal: one question on the screen with its evidence and its keys. Enter answers nothing; leaving parks. */
import type { KeyChoice } from '../ask/keys.ts'
import type { Terminal } from '../ask/terminal.ts'
import {
  type Look,
  briefScreen,
  evidenceLines,
  factLines,
  longQuestion,
  offerScreen,
  plainScreen,
  questionScreen,
} from '../render/screen.ts'
import { shown, wrap } from '../render/layout.ts'
import type { Person } from '../../model/journal.ts'
import type { Ask, People, Reply } from '../../walk/ports.ts'

export interface AtTerminal {
  readonly terminal: Terminal
  readonly person: Person
  /** Read anew for every screen. */
  readonly look: () => Look
  /** Halts this desk at once, as `desk kill` does, and tells. */
  readonly halt: () => Promise<void>
  readonly out: (text: string) => void
  readonly decisions: People['decisions']
  readonly page: People['page']
}

const halting: KeyChoice = { key: 'K', label: 'HALT NOW' }
const parking: KeyChoice = { key: 'q', label: 'park' }
const more: KeyChoice = { key: '?', label: 'more' }

export function peopleAtTerminal(at: AtTerminal): People {
  return { decisions: at.decisions, page: at.page, meet: (ask) => meet(ask, at) }
}

async function meet(ask: Ask, at: AtTerminal): Promise<Reply> {
  switch (ask.kind) {
    case 'answer':
      return answer(ask, at)
    case 'act':
      return act(ask, at)
    case 'attest':
      return attest(ask, at)
    case 'settle':
      return settle(ask, at)
    case 'confirm':
      return confirm(ask, at)
    case 'approval':
      return waitForOthers(ask, at)
  }
}

/** Asks until a key means something else than halting or telling more. */
async function choose(at: AtTerminal, { asked, where, screen, choices, details }: Choice): Promise<string> {
  let told = false
  for (;;) {
    const shown = told ? briefScreen(asked, where, at.look()) : screen()
    const key = await at.terminal.key({ screen: shown, choices: [...choices, halting, more, parking] })
    told = key === '?'
    if (key === 'K') await at.halt()
    else if (key === '?') at.out(`${[...longQuestion(asked, at.look()), details()].join('\n')}\n`)
    else return key ?? 'q'
  }
}

interface Choice {
  /** In one sentence, and the document and step that ask. */
  readonly asked: string
  readonly where: string
  readonly screen: () => string
  readonly choices: readonly KeyChoice[]
  readonly details: () => string
}

async function answer(ask: Extract<Ask, { kind: 'answer' }>, at: AtTerminal): Promise<Reply> {
  const named = [...ask.node.to.keys()]
  const keyOf = (name: string, i: number): string => (name === 'yes' ? 'y' : name === 'no' ? 'n' : String(i + 1))
  const answers = named.map((name, i) => ({ key: keyOf(name, i), label: name }))
  const back = ask.canGoBack ? [{ key: 'b', label: 'back' }] : []
  const key = await choose(at, {
    asked: ask.text,
    where: `${ask.graph} ${ask.node.id}`,
    screen: () => questionScreen(ask, at.look()),
    choices: [...answers, { key: 'u', label: 'unsure' }, ...back],
    details: () => detailsOf(ask, at),
  })
  if (key === 'q') return { kind: 'park' }
  if (key === 'b') return { kind: 'back', by: at.person }
  if (key === 'u') return { kind: 'answer', answer: 'unsure', by: at.person }
  const chosen = answers.find((a) => a.key === key)
  return chosen === undefined ? { kind: 'park' } : { kind: 'answer', answer: chosen.label, by: at.person }
}

function detailsOf(ask: Extract<Ask, { kind: 'answer' }>, at: AtTerminal): string {
  const ways = [...ask.node.to].map(([name, to]) => `  ${name} leads to ${to}`)
  const evidence =
    ask.probe === undefined
      ? ['  no probe answers this']
      : [`  seen by ${ask.probe.method}:`, ...evidenceLines(ask.probe.evidence, at.look().width, 200)]
  return [...ways, `  unsure leads to ${ask.node.unsure}`, ...evidence].join('\n')
}

/** Declining what a kill-switch leaf says is an event of its own: why is asked, and the walker pages the risk manager. */
async function act(ask: Extract<Ask, { kind: 'act' }>, at: AtTerminal): Promise<Reply> {
  const key = await choose(at, {
    asked: `${ask.node.leaf.toUpperCase()}  ${ask.node.title}`,
    where: `${ask.graph} ${ask.node.id}`,
    screen: () => offerScreen(ask, at.look()),
    choices: [
      { key: 'a', label: 'act' },
      { key: 'd', label: 'decline' },
    ],
    details: () =>
      ask.offers
        .flatMap((o) => [
          `  ${o.title}`,
          ...wrap(`${o.does} ${o.args === undefined ? '' : shown(o.args)}`, at.look().width, '    '),
        ])
        .join('\n'),
  })
  if (key === 'q') return { kind: 'park' }
  if (key === 'a') {
    if (ask.node.leaf !== 'resume') return { kind: 'taken', by: at.person }
    return (await typesName(at)) ? { kind: 'taken', by: at.person } : { kind: 'park' }
  }
  if (ask.node.leaf !== 'kill-switch') return { kind: 'left', by: at.person }
  const reason = await at.terminal.words('Why is trading not halted?')
  if (reason === undefined) return { kind: 'park' }
  return { kind: 'left', by: at.person, reason }
}

async function attest(ask: Extract<Ask, { kind: 'attest' }>, at: AtTerminal): Promise<Reply> {
  const role = ask.need.kind === 'attest' ? ask.need.role : ''
  const of = ask.node.kind === 'attest' ? ask.node.of : undefined
  const screen = (): string =>
    plainScreen(
      ask.node.title,
      `${ask.graph} ${ask.node.id}`,
      { facts: [ask.text], below: [`For the record, as ${role}: ${at.person.id}.`] },
      at.look(),
    )
  const key = await choose(at, {
    asked: ask.text,
    where: `${ask.graph} ${ask.node.id}`,
    screen,
    choices: of?.map((label, i) => ({ key: String(i + 1), label })) ?? [{ key: 'w', label: 'write' }],
    details: () => '  Your words and your name go into the audit log.',
  })
  if (key === 'q') return { kind: 'park' }
  const chosen = of?.[Number(key) - 1]
  if (chosen !== undefined) return { kind: 'attested', by: at.person, reason: chosen }
  // The question stands above; repeated here a long one would be broken.
  const reason = await at.terminal.words('In your own words:')
  return reason === undefined ? { kind: 'park' } : { kind: 'attested', by: at.person, reason }
}

async function settle(ask: Extract<Ask, { kind: 'settle' }>, at: AtTerminal): Promise<Reply> {
  const facts = [
    `${ask.method} was begun at ${ask.attempt.time} and nothing says whether it took place. It is not sent again blindly.`,
    `With ${shown(ask.attempt.args)}`,
  ]
  const below = ['Look at the other side, then say what is true.']
  const asked = `UNKNOWN  ${ask.node.title}`
  const where = `${ask.graph} ${ask.node.id}`
  const key = await choose(at, {
    asked,
    where,
    screen: () => plainScreen(asked, where, { facts, below }, at.look()),
    choices: [
      { key: 'd', label: 'it was done' },
      { key: 'f', label: 'it failed' },
      { key: 'n', label: 'it was not done' },
    ],
    details: () => factLines([...facts, `idempotency key ${ask.attempt.key}`], at.look().width).join('\n'),
  })
  const as = key === 'd' ? 'ok' : key === 'f' ? 'failed' : key === 'n' ? 'not-done' : undefined
  return as === undefined ? { kind: 'park' } : { kind: 'settled', as, by: at.person }
}

async function confirm(ask: Extract<Ask, { kind: 'confirm' }>, at: AtTerminal): Promise<Reply> {
  const facts =
    ask.epoch === ask.since
      ? ['What comes next loosens. It needs the name of the desk.']
      : [
          'A halt or a release came in between: this run began under another permission. What comes next adds risk.',
          `then ${ask.since}`,
          `now  ${ask.epoch}`,
        ]
  const key = await choose(at, {
    asked: ask.need.title,
    where: ask.graph,
    screen: () => plainScreen(ask.need.title, ask.graph, { facts, below: [] }, at.look()),
    choices: [{ key: 'c', label: 'confirm' }],
    details: () => factLines(facts, at.look().width).join('\n'),
  })
  return key === 'c' && (await typesName(at)) ? { kind: 'confirmed', by: at.person } : { kind: 'park' }
}

async function waitForOthers(ask: Extract<Ask, { kind: 'approval' }>, at: AtTerminal): Promise<Reply> {
  const facts = ask.bound.map((b) => `${b.node}: ${shown(b.args)}`)
  const below = ['Somebody else types:', `desk run approve ${ask.run}`]
  const where = `${ask.graph} ${ask.node.id}`
  await choose(at, {
    asked: ask.node.title,
    where,
    screen: () => plainScreen(ask.node.title, where, { facts, below }, at.look()),
    choices: [],
    details: () => factLines([...facts, 'the hash of what is approved:', ask.offers], at.look().width).join('\n'),
  })
  return { kind: 'park' }
}

/** What loosens asks for the desk's name, typed. */
async function typesName(at: AtTerminal): Promise<boolean> {
  const { desk } = at.look()
  const typed = await at.terminal.words(`Type the desk's name to go on (${desk}):`)
  if (typed !== undefined && typed.trim() !== desk)
    at.out(`"${shown(typed)}" is not the name of this desk: nothing was done\n`)
  return typed?.trim() === desk
}
