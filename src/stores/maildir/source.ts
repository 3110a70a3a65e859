import type { Change, Folder } from '../entry.ts';
import { changesByKnown } from '../known.ts';
import type { Source, SourceTraits } from '../source.ts';
import { type MaildirOptions, MaildirReader } from './reader.ts';

/**
 * Mail in a Maildir: Maildir++ (`.A.B`), directories in directories (Dovecot `LAYOUT=fs`), or a single one. Only reads:
 * nothing moves from `new/` to `cur/`.
 */
export function openMaildirSource(options: MaildirOptions): Source {
  return new MaildirFiles(options);
}

class MaildirFiles extends MaildirReader implements Source {
  readonly traits: SourceTraits = { bytes: 'original', lineEnds: 'local', marks: true, lanes: 2 };

  async *changes(folder: Folder, since: string | null): AsyncGenerator<Change> {
    const files = this.at(folder, 'list-messages');
    yield* changesByKnown(since, files.stamp() ?? '', () => files.entries());
  }
}
