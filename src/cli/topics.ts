/** What `desk help <topic>` says. The exit codes are the program's own table, so that they cannot differ. */
import type { Operator } from '../config/load.ts'
import { contactsText } from './contacts.ts'
import { exitCodes } from '../model/failure.ts'

export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'ok',
  failed: 'a check, gate or step failed',
  undetermined: 'undetermined: never a pass',
  waiting: 'waiting for a person, an approval or a moment; `desk run continue` goes on',
  refused: 'refused by policy',
  usage: 'usage, unknown id',
  invalidDocument: 'invalid document',
  unreachable: 'nothing could be evaluated: adapter unreachable',
  bug: 'a bug in desk',
  auditUnwritable: 'the audit log cannot be written: nothing was done',
  locked: 'locked by another run',
  notAuthorised: 'not authorised',
  invalidConfiguration: 'invalid configuration',
  hungUp: 'ended by SIGHUP, the run parked',
  interrupted: 'ended by SIGINT, the run parked',
  terminated: 'ended by SIGTERM, the run parked',
}

const exitTable = (): string =>
  Object.entries(exitMeanings)
    .map(([name, text]) => `  ${String(exitCodes[isExitName(name) ? name : 'bug']).padStart(3)}  ${text}`)
    .join('\n')
const isExitName = (name: string): name is keyof typeof exitCodes => name in exitCodes

/** What a topic may tell of this desk. */
export interface Surroundings {
  /** Undefined where the configuration cannot be read. */
  readonly operators: () => readonly Operator[] | undefined
  readonly columns: number
}

export interface Topic {
  readonly title: string
  readonly text: (of: Surroundings) => string
}

export const topics: Readonly<Record<string, Topic>> = {
  'exit-codes': {
    title: 'what each exit code means',
    text: () => `${exitTable()}

Several at once: the worst wins, in the order 73, 70, 4, 1, 2, 69, 3, 0.

desk kill     0 halted, no open order left   2 halted, a venue cannot tell
              69 halted, a venue unreachable 73 halted, but not on record
              78 there was no desk           1 STILL NOT HALTED
desk status --exit-code      0 trading  10 reduced  4 halted  2 cannot tell
desk tree --detailed-exitcode  10 resume  11 investigate  12 throttle
                               13 rollback  14 kill-switch`,
  },
  keys: {
    title: 'the keys at a question',
    text: () => `  y  yes        n  no        u  unsure: the cautious way on
  b  back: the question before; nothing is erased
  K  halt this desk now, then go on
  ?  where the answer leads, and where the evidence comes from
  q  park: the run waits; desk run continue goes on

Enter answers nothing. Ctrl-C and a dropped connection park as well.`,
  },
  kill: {
    title: 'halting, and what it does',
    text: () => `  desk kill                    every desk of this host, live ones first
  desk kill --profile paper    one desk
  desk kill --scope venue:X    one venue, model:Y or symbol:S

It asks nothing and needs no log, lock, network or disk space. The permission
goes first; then every open order at every venue is cancelled, from the venue's
own list; then it counts what is left. Repeat it as often as you like.

Without Node:  rm -f <state>/permit/trade@*
Coming back:   desk help release`,
  },
  contacts: {
    title: 'whom to call, and when',
    text: ({ operators, columns }) => contactsText(operators(), columns),
  },
  release: {
    title: 'trading again after a halt',
    text: () => `  1  desk tree no-fills             (or the tree of your symptom) find the cause
  2  desk runbook reconciliation    internal state to broker truth
  3  desk tree post-incident        root cause, reconciled, limits: to resume
  4  desk unlock request            you ask
  5  desk unlock approve <request>  somebody else approves
  6  desk promote                   after one full incident-free session

A release is for this one halt and expires. It trades at 25 %. A second halt in
between voids it.`,
  },
  serve: {
    title: 'kill switch, state and release over HTTP',
    text: () => `  POST /api/system/kill_switch     as desk kill: {"reason", "scope", "flatten"}
  GET  /api/system/status          as desk status
  POST /api/system/unlock_request  as desk unlock request: {"confirm", "reason"}
  POST /api/system/unlock_approve  as desk unlock approve: {"request_id", "confirm"}
  GET  /health  /ready  /metrics   for supervisors and Prometheus

desk serve listens on this host, port 8080. Halting from here takes no token and
is never limited; from elsewhere it takes one of role halt. Another address is
listened on only with tokens in the configuration:

  serve:
    tokens:
      - { person: risk, roles: [halt, release], file: /etc/desk/risk.token }`,
  },
  answers: {
    title: 'answering without a terminal',
    text: () => `  --set name=value      an input of the procedure
  --answer id=answer    a question (yes, no, unsure) or an attest (your words)
  --answers FILE        YAML: answers: [{ id, answer, who, when, until }]
  --act                 do what the leaf of a tree says
  --confirm NAME        the desk's name, where something loosens
  --sign KEY            sign what is answered, with an OpenSSH key

On a live desk no unsigned answer counts. To sign now and let a run go on later:

  desk run continue RUN --answer id=answer --sign KEY --write FILE
  desk run continue RUN --answers FILE

What is piped into standard input answers nothing. A question without an answer
ends the run waiting (exit 3), and the flag that answers it is printed.`,
  },
  paper: {
    title: 'the embedded paper desk',
    text: () => `Without a configuration desk works on an embedded paper desk: two venues with an
order book, two data vendors, eight inference hosts, a registry, tickets, pages,
and a git repository as configuration. It lives in the state directory:

  DESK_STATE_DIR, else $XDG_STATE_HOME/desk/paper, else
  ~/.local/state/desk/paper

  DESK_NOW=2026-11-20T09:05:00-05:00   its clock; waits pass at once
  DESK_OPERATOR=risk                   who is at the keyboard
  desk demo                            the scenarios, each on a throwaway desk
  desk demo daily --fault old-hash     any fault, and what is to meet it

A fresh desk trades. A directory that was there before, even an empty one, is
never armed, as what was halted in it may be gone: name one that is not there.`,
  },
}
