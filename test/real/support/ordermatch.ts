/**
 * QuickFIX's example venue, which Debian ships as a program: a matching engine behind FIX 4.2. It binds every interface, so it runs in a
 * network namespace of its own; a socket in the file system, which namespaces do not part, leads in.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { gunzipSync } from 'node:zlib'

const packed = '/usr/share/doc/libquickfix-doc/examples/ordermatch/.libs/ordermatch.gz'
const port = 5001

export interface BookOrder {
  readonly id: string
  readonly owner: string
}

export class OrderMatch {
  readonly #dir: string
  #child: ChildProcess | undefined
  #relay: ChildProcess | undefined
  #said = ''

  /** `dir` keeps its sequence numbers and messages; its book is in memory only. */
  constructor(dir: string) {
    this.#dir = dir
  }

  get path(): string {
    return join(this.#dir, 'socket')
  }

  async start(...owners: readonly string[]): Promise<void> {
    mkdirSync(this.#dir, { recursive: true })
    const program = join(this.#dir, 'ordermatch')
    if (!existsSync(program)) {
      writeFileSync(program, gunzipSync(readFileSync(packed)))
      chmodSync(program, 0o755)
    }
    const settings = join(this.#dir, 'settings')
    const sessions = owners.map(
      (owner) => `[SESSION]\nBeginString=FIX.4.2\nSenderCompID=VENUE\nTargetCompID=${owner}\n`,
    )
    writeFileSync(settings, `${defaults(join(this.#dir, 'store'))}${sessions.join('')}`)
    const child = spawn('unshare', ['-n', 'sh', '-c', 'ip link set lo up && exec "$0" "$1"', program, settings])
    this.#child = child
    this.#said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
      child.emit('said')
    })
    await this.#ask('')
    await this.#openWay(child.pid ?? 0)
  }

  async #openWay(pid: number): Promise<void> {
    const script = `const net = require('net'), fs = require('fs'); fs.rmSync(process.argv[1], { force: true })
      net.createServer((a) => { const b = net.connect(${String(port)}, '127.0.0.1'); a.pipe(b); b.pipe(a)
        for (const [x, y] of [[a, b], [b, a]]) { x.on('error', () => {}); x.on('close', () => y.destroy()) }
      }).listen(process.argv[1], () => console.log('ready'))`
    const relay = spawn('nsenter', ['-t', String(pid), '-n', execPath, '-e', script, this.path])
    this.#relay = relay
    await once(relay.stdout, 'data')
  }

  /** All that lies in its book for a symbol, by its own word. */
  async book(symbol: string): Promise<readonly BookOrder[]> {
    const text = await this.#ask(symbol)
    return Array.from(text.matchAll(/ID: +,(\S+) OWNER: +,(\S+) PRICE:/g), ([, id = '', owner = '']) => ({ id, owner }))
  }

  /** What it says about a symbol, up to the list of symbols that it is asked for after it. */
  async #ask(symbol: string): Promise<string> {
    const child = this.#child
    if (child === undefined) throw new Error('the venue does not run')
    const from = this.#said.length
    child.stdin?.write(`${symbol}\n#symbols\n`)
    while (!this.#said.includes('--------\n', from)) await once(child, 'said')
    return this.#said.slice(from)
  }

  /** Stopped when it returns: the signal alone reaches a thread on another processor some time later. */
  freeze(): void {
    const tasks = `/proc/${String(this.#child?.pid)}/task`
    const isStopped = (task: string): boolean => / T /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8'))
    this.#child?.kill('SIGSTOP')
    while (!readdirSync(tasks).every(isStopped));
  }
  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    for (const child of [this.#relay, this.#child]) {
      if (child === undefined || child.exitCode !== null) continue
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
  }
}

const defaults = (store: string): string => `[DEFAULT]
ConnectionType=acceptor
SocketAcceptPort=${String(port)}
SocketReuseAddress=Y
StartTime=00:00:00
EndTime=00:00:00
UseDataDictionary=N
FileStorePath=${store}
ScreenLogShowIncoming=N
ScreenLogShowOutgoing=N
ScreenLogShowEvents=N
`

export type Fate = 'pass' | 'cut' | 'pass, then cut'
/** What becomes of a piece of the conversation. */
export type Decide = (from: 'desk' | 'venue', text: string) => Fate

/** The way to the venue: it notes what goes over it, and cuts where it is told to. */
export class Way {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  /** Everything said, with bars for separators. */
  readonly said: { readonly from: 'desk' | 'venue'; readonly text: string }[] = []
  decide: Decide = () => 'pass'

  constructor(path: string) {
    this.#server = createServer((near) => {
      const far = createConnection(path)
      this.#join(near, far, 'desk')
      this.#join(far, near, 'venue')
    })
  }

  #join(here: Socket, there: Socket, from: 'desk' | 'venue'): void {
    this.#open.add(here)
    here.on('data', (bytes: Buffer) => {
      const text = bytes.toString('latin1').replaceAll('\u0001', '|')
      const fate = this.decide(from, text)
      if (fate === 'cut') {
        here.destroy()
        there.destroy()
        return
      }
      this.said.push({ from, text })
      there.write(bytes, () => {
        if (fate === 'pass') return
        here.destroy()
        there.end()
      })
    })
    here.on('error', () => undefined)
    here.on('close', () => {
      this.#open.delete(here)
      there.destroy()
    })
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#open) socket.destroy()
  }
}
