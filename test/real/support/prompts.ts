/** Every kind of prompt there is, each on a desk whose run is parked right before it. */
import { mkdirSync } from 'node:fs'
import { findRecords } from '../../../src/audit/search.ts'
import { listRuns } from '../../../src/audit/runs.ts'
import { addRunbooks } from '../../support/procedures.ts'
import { type Scratch, runDesk, tradingDesk } from './program.ts'
import { afterwards, contain } from './release.ts'
import type { Terminal } from './terminal.ts'

export interface Prepared {
  readonly stateDir: string
  /** What opens the prompt, or the one before it. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}
export interface PromptKind {
  readonly title: string
  readonly prepare: (scratch: Scratch) => Promise<Prepared>
  /** Shows when whoever takes up the run is asked for the first time. */
  readonly first: RegExp
  /** From there to the prompt itself. */
  readonly reach?: (at: Terminal) => void
  readonly shows: RegExp
  /** `key`: one key answers; `words`: a line does. */
  readonly wants: 'key' | 'words'
  /** What Ctrl-D and q leave; 3 unless said otherwise. */
  readonly waiting?: number
  /** The prompt belongs to no run. */
  readonly isNoRun?: true
}

const press =
  (key: string) =>
  (at: Terminal): void => {
    at.press(key)
  }

/** Opens a run that parks, and takes that up. */
async function parkedBy(scratch: Scratch, args: readonly string[]): Promise<Prepared> {
  const stateDir = await tradingDesk(scratch)
  return parkedOn(stateDir, args, {})
}

async function parkedOn(
  stateDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Prepared> {
  const ran = await runDesk(stateDir, args, { env })
  const run = listRuns(stateDir).findLast((each) => each.state !== 'closed')?.run
  if (run === undefined) throw new Error(`desk ${args.join(' ')} parked nothing: ${ran.stdout}${ran.stderr}`)
  return { stateDir, args: ['run', 'continue', run], env }
}

/** A runbook of one's own, with these steps. */
async function ownRunbook(scratch: Scratch, steps: string): Promise<Prepared> {
  const stateDir = await tradingDesk(scratch)
  const dir = scratch.fresh()
  mkdirSync(dir)
  return parkedOn(stateDir, ['runbook', 'own'], addRunbooks({ dir }, { own: steps }))
}

const attest = `  - id: why
    title: Somebody says why
    attest: { role: risk, ask: Why now? }`
const run = (script: string): string => `  - id: act
    title: Act on the world
    do: exec.run
    with: { file: /bin/sh, args: [-c, '${script}'] }`

const fromResume = async (scratch: Scratch): Promise<Prepared> => {
  const stateDir = await tradingDesk(scratch)
  await contain(stateDir)
  const yes = ['q1=yes', 'q2=yes', 'q3=yes'].flatMap((answer) => ['--answer', answer])
  return parkedOn(stateDir, ['tree', 'post-incident', ...yes], afterwards)
}

async function underAnotherGrant(scratch: Scratch): Promise<Prepared> {
  const { stateDir, args, env } = await ownRunbook(scratch, `${attest}\n${run('true')}`)
  await runDesk(stateDir, ['kill'])
  const ran = await runDesk(stateDir, [...args, '--answer', 'why=planned'], { env })
  if (ran.code !== 4) throw new Error(`nothing to confirm: ${String(ran.code)} ${ran.stdout}${ran.stderr}`)
  return { stateDir, args, env }
}

const question = /root cause documented[^]*q park/
const offer = /KILL-SWITCH {2}The broker is down[^]*q park/
const toAttest = /Why now\?[^]*w write[^]*q park/
const confirmation = /another permission[^]*c confirm[^]*q park/
const resume = /RESUME {2}Resume at 25 %[^]*q park/
const typedName = /Type the desk's name to go on \(paper\)/

export const promptKinds: readonly PromptKind[] = [
  {
    title: 'a question',
    prepare: (scratch) => parkedBy(scratch, ['tree', 'post-incident']),
    first: question,
    shows: question,
    wants: 'key',
  },
  {
    title: 'the offer of a leaf',
    prepare: (scratch) => parkedBy(scratch, ['tree', 'no-fills', '--answer', 'q1=no']),
    first: offer,
    shows: offer,
    wants: 'key',
  },
  {
    title: 'why a halt is declined',
    prepare: (scratch) => parkedBy(scratch, ['tree', 'no-fills', '--answer', 'q1=no']),
    first: offer,
    reach: press('d'),
    shows: /Why is trading not halted\?/,
    wants: 'words',
  },
  {
    title: 'an effect of which nobody knows whether it took place',
    prepare: async (scratch: Scratch): Promise<Prepared> => {
      const killed = await ownRunbook(scratch, run('kill -9 $PPID'))
      // The first look finds that neither check nor lookup can tell, and puts that on record.
      await runDesk(killed.stateDir, killed.args, { env: killed.env })
      return killed
    },
    first: /UNKNOWN {2}Act on the world[^]*q park/,
    shows: /UNKNOWN {2}Act on the world[^]*q park/,
    wants: 'key',
  },
  {
    title: 'a confirmation under another grant',
    prepare: underAnotherGrant,
    first: confirmation,
    shows: confirmation,
    wants: 'key',
    waiting: 4,
  },
  {
    title: 'the name of the desk, for that confirmation',
    prepare: underAnotherGrant,
    first: confirmation,
    reach: press('c'),
    shows: typedName,
    wants: 'words',
    waiting: 4,
  },
  {
    title: 'the name of the desk, for a resume',
    prepare: fromResume,
    first: resume,
    reach: press('a'),
    shows: typedName,
    wants: 'words',
  },
  {
    title: 'an approval by somebody else',
    prepare: (scratch) =>
      ownRunbook(
        scratch,
        `  - id: agreed
    title: Risk agrees
    approve: { role: risk, of: [act] }
${run('true')}`,
      ),
    first: /Risk agrees[^]*desk run approve[^]*q park/,
    shows: /Risk agrees[^]*desk run approve[^]*q park/,
    wants: 'key',
  },
  {
    title: 'an attest',
    prepare: (scratch) => ownRunbook(scratch, attest),
    first: toAttest,
    shows: toAttest,
    wants: 'key',
  },
  {
    title: 'the words of an attest',
    prepare: (scratch) => ownRunbook(scratch, attest),
    first: toAttest,
    reach: press('w'),
    shows: /\? In your own words:/,
    wants: 'words',
  },
  {
    title: 'what the incident commander states',
    prepare: async (scratch: Scratch): Promise<Prepared> => {
      const stateDir = await tradingDesk(scratch)
      await runDesk(stateDir, ['runbook', 'killswitch'])
      return parkedOn(stateDir, ['tree', 'post-incident', '--answer', 'q1=no', '--act'], {})
    },
    first: /root cause\?[^]*as commander[^]*q park/,
    shows: /root cause\?[^]*as commander[^]*q park/,
    wants: 'key',
  },
  {
    title: 'the name of the desk, where no run asks for it',
    prepare: async (scratch: Scratch): Promise<Prepared> => {
      const stateDir = await tradingDesk(scratch)
      await runDesk(stateDir, ['kill'])
      return { stateDir, args: ['unlock', 'request'], env: {} }
    },
    first: /Type the desk's name \(paper\)/,
    shows: /Type the desk's name \(paper\)/,
    wants: 'words',
    isNoRun: true,
  },
]

const decisions = [
  'answer',
  'taken',
  'left',
  'settled',
  'confirmed',
  'approved',
  'declined',
  'intent',
  'acted',
  'outcome',
]
/** How often somebody decided, or something was done. */
export const decidedIn = (stateDir: string): number =>
  findRecords(stateDir, {}).records.filter(({ record }) => decisions.includes(record.event)).length
