import type { Words } from '../words/words.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT } from './exit.ts';
import type { OptionName } from './options.ts';
import { table } from './table.ts';

const PLACEHOLDERS: Partial<Record<OptionName, string>> = {
  from: 'URL',
  to: 'URL',
  data: 'DIR',
  out: 'FILE',
  for: 'imap|google|microsoft',
  scan: 'DIR',
  address: 'MAIL',
  provider: 'google|microsoft',
  'client-id': 'ID',
  'client-secret': 'env:NAME|file:PATH',
  tenant: 'DOMAIN',
  endpoints: 'FILE',
  host: 'ADDRESS',
  port: 'N',
  public: 'https://NAME',
  'allow-hosts': 'LIST',
  moves: 'N',
  organisation: 'NAME',
  server: 'URL',
  token: 'env:NAME|file:PATH',
  lang: 'fr|en',
  'settle-seconds': 'N',
};

const ADDRESSES = [
  'imaps://USER@HOST:PORT/?secret=env:NAME|file:PATH&token=env:NAME|file:PATH|consent|app:FILE&fingerprint=SHA256&lanes=N',
  'imap://USER@HOST:PORT/?starttls=required|never&…',
  'gmail://NAME@DOMAIN/?secret=…|token=…&spam=yes&trash=yes&daily=MB',
  'pop3s://USER@HOST:PORT/?…   pop3://USER@HOST:PORT/?starttls=required|never&…',
  'pst:PATH   takeout:PATH   maildir:PATH   mbox:PATH   eml:PATH   memory:NAME',
];

/** `--help`: of all, or of one command. */
export async function helpText(name: string | null, words: Words): Promise<string> {
  const { say } = words;
  const parts = name === null ? [overview(words)] : await ofCommand(name, words);
  const codes = Object.entries(EXIT).map(([what, code]) => [
    `  ${code}`,
    say(`help.code.${what as keyof typeof EXIT}`),
  ]);
  return [
    say('help.head'),
    ...parts,
    section(say('help.addresses'), ADDRESSES.map((line) => `  ${line}`).join('\n')),
    section(say('help.codes'), table(codes, new Set())),
  ].join('\n\n');
}

function overview({ say }: Words): string {
  const rows = COMMANDS.map((name) => [`  malleposte ${name}`, say(`help.command.${name}`)]);
  return section(say('help.commands'), table(rows, new Set()));
}

async function ofCommand(name: string, { say }: Words): Promise<string[]> {
  const { takes, files, argument = 'FILE' } = (await import(`./${name}.ts`)) as Command;
  const options = [...new Set<OptionName>([...takes, 'data', 'json', 'lang'])];
  const rows = options.map((option) => [
    `  --${option}${PLACEHOLDERS[option] ? ` ${PLACEHOLDERS[option]}` : ''}`,
    say(`help.option.${option as Exclude<OptionName, 'help'>}`),
  ]);
  const file = files > 0 ? ` ${argument}` : '';
  return [
    section(
      say('help.usage'),
      `  malleposte ${name}${file} [--…]\n  ${say(`help.command.${name as (typeof COMMANDS)[number]}`)}`,
    ),
    section(say('help.options'), table(rows, new Set())),
  ];
}

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}
