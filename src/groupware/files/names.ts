/** Names of files for folders: such as every file system takes, and no two of which are one on any. */

/** Far below the 255 bytes of a name, so that a number and an ending have room. */
const STEM_MAX_BYTES = 120;
/** What Windows takes for a device, whatever its ending. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:$|[.\s])/i;

/** `['Contacts', 'Fournisseurs']` → `Contacts - Fournisseurs`. */
export function stemOf(path: readonly string[]): string {
  const plain = path
    .map(levelText)
    .filter((level) => level !== '')
    .join(' - ');
  const short = cut(plain, STEM_MAX_BYTES).replace(/[. ]+$/, '');
  if (short === '') return 'Folder';
  return DEVICE.test(short) ? `_${short}` : short;
}

/** Nothing that a path, a shell of Windows or a terminal takes for more than a sign. */
function levelText(level: string): string {
  return level
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g, '')
    .replace(/[<>:"/\\|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\.+/, (dots) => '_'.repeat(dots.length))
    .replace(/[. ]+$/, '');
}

function cut(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  let [out, size] = ['', 0];
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > most) break;
    out += character;
  }
  return out;
}

/** Gives each name once, whatever the case and the form of accents. */
export class Names {
  private readonly taken = new Set<string>();

  /** A name that is somebody else's. */
  take(name: string): void {
    this.taken.add(folded(name));
  }

  /** `STEM.ENDING`, or with a number where that is taken. */
  give(stem: string, ending: string): string {
    for (let n = 1; ; n++) {
      const name = n === 1 ? `${stem}.${ending}` : `${stem} (${n}).${ending}`;
      if (this.taken.has(folded(name))) continue;
      this.take(name);
      return name;
    }
  }
}

/** Upper case first: `ſ` and `s`, `ß` and `ss` are one on some. */
function folded(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}
