/** Damaged copies of files, for tests: the same for the same seed. `MALLEPOSTE_FUZZ` sets how many, `MALLEPOSTE_SEED` which. */
const COUNT = Number(process.env.MALLEPOSTE_FUZZ ?? 2000);
const SEED = Number(process.env.MALLEPOSTE_SEED ?? 1);

/** Numbers that files count with: nothing, all, sign changes. */
const NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

export function* mutations(originals: readonly Buffer[], count = COUNT): Iterable<Buffer> {
  for (let round = 0; round < count; round++) {
    const random = randomOf(SEED * 1_000_003 + round);
    const original = originals[round % originals.length]!;
    let bytes: Buffer = Buffer.from(original);
    for (let times = 1 + random(6); times > 0 && bytes.length > 0; times--) bytes = mutate(bytes, random);
    yield bytes;
  }
}

function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  const at = random(bytes.length);
  switch (random(7)) {
    case 0:
      bytes[at] = random(256);
      return bytes;
    case 1:
      bytes[at]! ^= 1 << random(8);
      return bytes;
    case 2:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(NUMBERS[random(NUMBERS.length)]!, at);
      return bytes;
    case 3:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(random(64), at & ~3);
      return bytes;
    case 4:
      return bytes.subarray(0, at);
    case 5:
      bytes.copyWithin(at, random(bytes.length), random(bytes.length));
      return bytes;
    default: {
      const from = random(bytes.length);
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(from, from + 1 + random(64)),
        bytes.subarray(at),
      ]);
    }
  }
}

/** xorshift32. */
function randomOf(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
