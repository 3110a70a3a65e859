import { existsSync, readdirSync, readlinkSync } from 'node:fs';

const DESCRIPTORS = '/proc/self/fd';

/** For `ReaderStand.open`: files of this process that are open below `root`. Undefined where the system does not tell. */
export function openBelow(root: string): (() => number) | undefined {
  return existsSync(DESCRIPTORS)
    ? () => readdirSync(DESCRIPTORS).filter((fd) => leadsBelow(fd, root)).length
    : undefined;
}

function leadsBelow(fd: string, root: string): boolean {
  try {
    return readlinkSync(`${DESCRIPTORS}/${fd}`).startsWith(root);
  } catch {
    // The descriptor that listed the others is closed again.
    return false;
  }
}
