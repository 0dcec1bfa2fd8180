/** Configured secrets, planted wherever somebody or something can put a text in: in no file of the state directory, on no screen. */
import { createServer } from 'node:http'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Ran, RunOptions } from '../support/desk.ts'
import { deskWith, filesIn, newestRun, step } from '../peers/marking.ts'
import { serve } from '../support/serving.ts'

const secrets = ['hunter2/pa=ss&word', 'tigerlily', '{"quo\\"ted']
const [slashed = '', plain = ''] = secrets
const config = `secrets: ${JSON.stringify(secrets)}\n`
const all = secrets.join(' and ')

/** Every way in which each of them must not stand anywhere. */
const spellings = secrets.flatMap((secret) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`desk:${secret}`).toString('base64').slice(8, -4),
])

/** Everything that a desk says while the test lasts, and afterwards everything that lies in its state. */
function listening({ desk, env }: ReturnType<typeof deskWith>) {
  const heard: string[] = []
  const type = async (args: readonly string[], options: RunOptions = {}): Promise<Ran> => {
    const ran = await desk.run(args, { ...options, env: { ...env, ...options.env } })
    heard.push(ran.stdout, ran.stderr)
    return ran
  }
  const expectSilence = (): void => {
    const files = filesIn(desk.stateDir)
    expect(files.length).toBeGreaterThan(5)
    const texts = [...heard.map((text) => ['said', text] as const), ...files.map(read)]
    const leaks = texts.flatMap(([where, text]) =>
      spellings.filter((each) => text.includes(each)).map((each) => `${each} in ${where}`),
    )
    expect(leaks).toEqual([])
    expect(texts.map(([, text]) => text).join('')).toContain('[redacted]')
  }
  return { desk, env, heard, type, expectSilence }
}
const read = (file: string) => [file, readFileSync(file, 'utf8')] as const

it('what people type into a walk, what programs and hosts answer, and what becomes of it', async () => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', `text/${plain}`)
    response.end(`you sent ${request.headers['authorization'] ?? ''}; ${all}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const host = `127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}`
  const steps = `
  - id: started
    title: A program tells what it got
    do: exec.run
    with: { file: /bin/sh, args: [-c, 'cat key; echo "$0"', '\${{ inputs.word }}'] }
    save: said
  - id: fetched
    title: A host echoes
    check: http.get
    with: { url: 'http://${host}/\${{ inputs.word }}' }
    expect: result.status == 200
  - id: noted
    title: A note
    do: desk.note
    with: { text: '\${{ inputs.word }} \${{ said.stdout }}' }
  - id: paged
    title: A page
    do: notify.page
    with: { role: oncall, text: '\${{ inputs.word }} \${{ said.stdout }}' }
  - id: stated
    title: Somebody states it
    attest: { role: oncall, ask: 'What did you see?' }
  - id: left
    title: It ends here
    do: exec.run
    with: { file: /bin/sh, args: [-c, 'cat key >&2; exit 3'] }`
  const planted = deskWith({ telling: steps.slice(1) }, `${config}http: { hosts: ['${host}'] }\n`)
  const { desk, type, expectSilence, heard } = listening(planted)
  const document = join(desk.dir, 'procedures/runbooks/telling.yaml')
  const input = 'inputs:\n  word: { type: string, default: none, title: A word }\nsteps:'
  writeFileSync(document, readFileSync(document, 'utf8').replace('steps:', input))
  writeFileSync(join(desk.dir, 'key'), `${all} Basic ${Buffer.from(`desk:${slashed}`).toString('base64')}`)
  writeFileSync(
    join(desk.dir, 'answers.yaml'),
    JSON.stringify({ answers: [{ id: 'stated', answer: `I saw ${all}`, reason: all }] }),
  )
  try {
    await type(['runbook', 'telling', '--set', `word=${all}`])
    const { run } = await newestRun(desk)
    expect(heard.join('')).toContain('stated')
    await type(['run', 'continue', String(run), '--answers', 'answers.yaml', '--json'])
    for (const args of [
      ['show', String(run)],
      ['list', '--json'],
      ['show', String(run), '--json'],
    ])
      await type(['run', ...args])
    await type(['run', 'override', String(run), '--step', 'left', '--reason', all], { env: { DESK_OPERATOR: 'risk' } })
    await type(['run', 'abort', String(run), '--disposition', 'hand-over', '--to', 'risk', '--reason', all])
    await type(['audit', 'export', '--from', '2026-11-20', '--to', '2026-11-20'])
    await type(['audit', 'search', '--text', plain])
  } finally {
    server.close()
  }
  expect((await type(['audit', 'verify'])).code).toBe(0)
  expectSilence()
})

it('reasons of halts, releases, throttles and waivers, wherever they are shown or served', async () => {
  const planted = deskWith({ echoing: step('echo', 'cat key') }, config)
  const { desk, env, heard, type, expectSilence } = listening(planted)
  await type(['status'])
  for (const [i, args] of [
    ['kill', '--scope', 'venue:primary'],
    ['kill', '--scope', 'symbol:AAPL', '--json'],
    ['throttle', '25'],
    ['kill', '--flatten'],
    ['unlock', 'request', '--confirm', 'paper'],
    ['gates', 'attest', 'D1'],
    ['gates', 'waive', 'D1', '--until', '2026-11-21'],
  ].entries())
    await type([...args, '--reason', `${String(i)}: ${all}`])
  const server = await serve(desk, [], env)
  try {
    const post = (path: string, body: object): Promise<Response> =>
      fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })
    heard.push(
      await (await post('/api/system/kill_switch', { reason: all })).text(),
      await (await post('/api/system/unlock_request', { reason: all, confirm: 'paper' })).text(),
      await (await fetch(`${server.url}/api/system/status`)).text(),
      await (await fetch(`${server.url}/metrics`)).text(),
    )
  } finally {
    server.process.kill('SIGTERM')
    await once(server.process, 'exit')
  }
  for (const args of [['status', '--json'], ['status'], [], ['audit', 'tail'], ['unlock', 'status', '--json']])
    await type(args)
  expect(heard.join('')).toContain('[redacted]')
  expectSilence()
})
