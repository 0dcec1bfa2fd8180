/** `desk incident note|assign`: what people say of an incident beside its run, and who commands it. Both go on record first. */
import type { Command } from '../command.ts'
import { changeTicket, incidentsOf, theOne } from '../incident/tickets.ts'
import { putOnRecord } from '../noted.ts'
import { printJson } from '../output/print.ts'
import { sessionOf } from '../on-duty.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { textRedactor } from '../../audit/redact.ts'
import { isPersonId, isSamePerson } from '../../killswitch/person.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { suggestion } from '../../source/suggest.ts'
import { visible } from '../../source/visible.ts'

const longestNote = 4000
const command = 'commander'

export interface NoteOptions {
  readonly incident: string
  readonly words: readonly string[]
  readonly sign?: string
}

export const note: Command<NoteOptions> = async ({ incident: id, words, sign }, context) => {
  const said = words.join(' ').trim()
  if (said === '' || said.length > longestNote)
    throw new DeskError(
      'usage',
      exitCodes.usage,
      said === '' ? 'the note says nothing' : `the note has more than ${String(longestNote)} characters`,
      `desk incident note ${id} "what was seen or done"`,
    )
  const desk = whichDesk(context)
  const text = textRedactor(desk.config.secrets)(said)
  const session = await sessionOf(desk, context, { act: 'note', about: { incident: id, text }, sign })
  const incident = theOne(await incidentsOf(session), id)
  const [by, at] = [session.person.id, context.deps.now().toISOString()]
  const noted = {
    event: 'incident.noted',
    data: { kind: 'incident', incident: incident.id, text },
    title: `${incident.id} noted`,
  }
  const args = { ticket: incident.id, text: `${by} at ${at}: ${text}` }
  const record = await putOnRecord(session, context, noted, (key) =>
    changeTicket(session, { method: 'comment', args, key, done: 'commented' }),
  )
  const { io, globals } = context
  if (globals.json) printJson(io, 'incident-note', { schema: 1, note: { incident: incident.id, record, by, at, text } })
  else io.out(`${incident.id}  noted by ${by}\n  next: desk incident postmortem ${incident.id}\n`)
  return exitCodes.ok
}

export interface AssignOptions {
  readonly incident: string
  readonly person: string
  readonly sign?: string
}

export const assign: Command<AssignOptions> = async ({ incident: id, person, sign }, context) => {
  const desk = whichDesk(context)
  const session = await sessionOf(desk, context, { act: 'assign', about: { incident: id, person }, sign })
  const incident = theOne(await incidentsOf(session), id)
  if (incident.status === 'closed')
    throw new DeskError(
      'incident-closed',
      exitCodes.refused,
      `${incident.id} is closed: nobody commands it`,
      `desk incident show ${incident.id}`,
    )
  const commander = commanderCalled(person, desk)
  const before = incident.assignee === undefined ? {} : { before: incident.assignee }
  const noted = {
    event: 'incident.assigned',
    data: { kind: 'incident', incident: incident.id, commander, ...before, by: session.person },
    title: `${incident.id} assigned to ${commander}`,
  }
  const args = { ticket: incident.id, role: command, person: commander }
  const record = await putOnRecord(session, context, noted, (key) =>
    changeTicket(session, { method: 'assign', args, key, done: 'assigned' }),
  )
  const { io, globals } = context
  const by = session.person.id
  if (globals.json)
    printJson(io, 'incident-assign', {
      schema: 1,
      incident: { id: incident.id, assignee: commander },
      ...{ by, record, ...before },
    })
  else {
    const until = incident.assignee === undefined ? '' : `, before ${visible(incident.assignee)}`
    io.out(`${incident.id}  commanded by ${commander}${until}; assigned by ${by}\n`)
  }
  return exitCodes.ok
}

/** As the configuration spells it. Where it names operators, one who may command; without any, on paper, whoever is named. */
function commanderCalled(person: string, { profile, config }: WhichDesk): string {
  const { operators } = config
  if (operators.length === 0 && profile === 'paper') {
    if (isPersonId(person)) return person
    throw new DeskError('unknown-person', exitCodes.usage, `${visible(person)} is no name`, 'letters, digits and ._@-')
  }
  const may = operators.filter(({ roles }) => roles.some((role) => role === command)).map(({ id }) => id)
  const known = operators.find(({ id }) => isSamePerson(id, person))
  if (known === undefined)
    throw new DeskError(
      'unknown-person',
      exitCodes.usage,
      `no operator "${visible(person)}"`,
      suggestion(
        person,
        operators.map(({ id }) => id),
      ) ?? `who may command: ${may.length === 0 ? 'nobody' : may.join(', ')}`,
    )
  if (may.includes(known.id)) return known.id
  throw new DeskError(
    'not-commander',
    exitCodes.refused,
    `${known.id} does not hold the role ${command}`,
    may.length === 0 ? 'the configuration gives it to nobody: operators' : `who does: ${may.join(', ')}`,
  )
}
