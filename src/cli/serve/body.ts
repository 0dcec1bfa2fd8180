/** The body of a halt, read past the HTTP library: it must not keep the halt waiting. */
import type { IncomingMessage } from 'node:http'

export const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

/** Undefined where it is longer than `bytes`, not whole within `ms`, or cut off; `broken` tells of what the request itself does not. */
export function readBody(
  request: IncomingMessage,
  { bytes, ms, broken }: { readonly bytes: number; readonly ms: number; readonly broken: AbortSignal },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (text: string | undefined): void => {
      clearTimeout(timer)
      request.removeAllListeners('data')
      request.on('error', () => undefined)
      resolve(text)
    }
    const timer = setTimeout(end, ms, undefined)
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > bytes) end(undefined)
      else chunks.push(chunk)
    })
    request.on('end', () => {
      end(Buffer.concat(chunks).toString('utf8'))
    })
    broken.addEventListener('abort', () => {
      end(undefined)
    })
    for (const event of ['error', 'aborted', 'close'] as const)
      request.on(event, () => {
        end(undefined)
      })
  })
}
