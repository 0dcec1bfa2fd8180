/** What to do about a disk that takes nothing, by the system's word for it. */
export const hintOn = (errno: string): string => hints.get(errno) ?? 'desk doctor'

const hints: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'free space on that file system, then start again: nothing was done'],
  ['EROFS', 'the file system is read-only: remount it, then start again'],
  ['EACCES', 'the state directory belongs to somebody else: run desk as its owner'],
  ['EIO', 'the disk failed: what was acknowledged before is kept; move the state directory to a sound disk'],
])
