/** The same seed, the same numbers below `below` (xorshift32). */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}

const ODD = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/** A copy with a few bytes changed, a piece cut out, doubled or moved, or the end cut off. */
export function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let copy = Buffer.from(bytes);
  for (let n = random(4); n >= 0; n -= 1) {
    const at = random(copy.length);
    const end = Math.min(copy.length, at + 1 + random(64));
    const act = random(12);
    if (act < 5) copy.fill(ODD[random(ODD.length)]!, at, Math.min(end, at + 1 + random(4)));
    else if (act < 8) copy[at] = random(256);
    else if (act === 8) copy = Buffer.concat([copy.subarray(0, at), copy.subarray(end)]);
    else if (act === 9) copy = Buffer.concat([copy.subarray(0, end), copy.subarray(at)]);
    else if (act === 10) copy.copy(copy, random(copy.length), at, end);
    else if (random(4) === 0) copy = copy.subarray(0, at);
  }
  return copy;
}

/** How many mutations a test tries: few, or as many as `MALLEPOSTE_FUZZ` says. */
export function fuzzRuns(few: number): number {
  return Number(process.env.MALLEPOSTE_FUZZ ?? few);
}

/** `bytes` with some of the lines of `other` put in, or in place of as many bytes: what is valid, where it is not. */
export function crossed(bytes: Buffer, other: Buffer, random: (below: number) => number): Buffer {
  const from = other.lastIndexOf(10, random(other.length)) + 1;
  const piece = other.subarray(from, from + 1 + random(300));
  const at = bytes.lastIndexOf(10, random(bytes.length)) + 1;
  const behind = random(2) === 0 ? at : Math.min(bytes.length, at + piece.length);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(behind)]);
}

/** The same bytes in pieces of any size, empty ones among them. */
export function* cut(bytes: Buffer, random: (below: number) => number): Iterable<Buffer> {
  const most = 1 + random(random(2) === 0 ? 20 : bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + random(most + 1));
    yield bytes.subarray(at, end);
    at = end;
  }
}
