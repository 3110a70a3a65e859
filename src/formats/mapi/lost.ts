/** Texts that stand in a message where a part of it could not be read: for whoever reads it, so in both languages. */

import { CRLF, oneLine } from './encode.ts';
import type { Entity } from './entity.ts';
import { textEntity } from './text-entity.ts';

/** A sentence in French and in English. */
export type Said = readonly [fr: string, en: string];

export function saidText(said: readonly Said[]): string {
  return said.map(([fr, en]) => `[Malleposte] ${fr}${CRLF}[Malleposte] ${en}${CRLF}`).join(CRLF);
}

export function saidEntity(said: readonly Said[]): Entity {
  const text = { bytes: Buffer.from(saidText(said), 'utf8'), charset: 'utf-8' };
  return textEntity('plain', text, '', `Content-Disposition: inline${CRLF}`);
}

const NAME_MAX_CHARS = 200;

function named(name: string | null): string {
  return oneLine(name ?? '')
    .slice(0, NAME_MAX_CHARS)
    .toWellFormed();
}

function theAttachment(name: string | null): Said {
  const plain = named(name);
  return plain === ''
    ? ['Une pièce jointe dont le nom n’est pas connu', 'An attachment whose name is not known']
    : [`La pièce jointe « ${plain} »`, `The attachment “${plain}”`];
}

export function lostAttachment(name: string | null): Said {
  const [fr, en] = theAttachment(name);
  return [
    `${fr} n’a pas pu être lue : le fichier d’Outlook est abîmé à cet endroit.`,
    `${en} could not be read: the Outlook file is damaged in this place.`,
  ];
}

export function emptyAttachment(name: string | null): Said {
  const [fr, en] = theAttachment(name);
  return [
    `${fr} est annoncée, mais le fichier d’Outlook n’en a pas le contenu.`,
    `${en} is announced, but the Outlook file does not have its content.`,
  ];
}

export function cutAttachment(name: string | null, bytes: number): Said {
  const [fr, en] = theAttachment(name);
  return [
    `${fr} n’est pas entière : seuls ses ${bytes} premiers octets ont pu être lus.`,
    `${en} is not whole: only its first ${bytes} bytes could be read.`,
  ];
}

export function omittedMessage(): Said {
  return [
    'Un message joint manque ici : trop de messages sont imbriqués les uns dans les autres.',
    'An attached message is missing here: too many messages lie inside one another.',
  ];
}

export const LOST_ATTACHMENTS: Said = [
  'La liste des pièces jointes n’a pas pu être lue en entier : il peut en manquer.',
  'The list of attachments could not be read whole: some may be missing.',
];

const FORMS = {
  plain: ['Le texte simple de ce message', 'The plain text of this message'],
  html: ['Le texte mis en forme (HTML) de ce message', 'The formatted text (HTML) of this message'],
  rtf: ['Le texte mis en forme (RTF) de ce message', 'The formatted text (RTF) of this message'],
} as const;

export type TextForm = keyof typeof FORMS;

export function lostText(form: TextForm): Said {
  const [fr, en] = FORMS[form];
  return [
    `${fr} n’a pas pu être lu : le fichier d’Outlook est abîmé à cet endroit.`,
    `${en} could not be read: the Outlook file is damaged in this place.`,
  ];
}

export function cutText(form: TextForm): Said {
  const [fr, en] = FORMS[form];
  return [
    `${fr} n’a pas pu être lu en entier : le fichier d’Outlook est abîmé à cet endroit.`,
    `${en} could not be read whole: the Outlook file is damaged in this place.`,
  ];
}

/** `shown`: the names that Outlook showed, null where those are not known either. */
export function lostRecipients(shown: string | null): Said {
  const fr = 'La liste des destinataires n’a pas pu être lue en entier.';
  const en = 'The list of recipients could not be read whole.';
  const names = oneLine(shown ?? '')
    .slice(0, SHOWN_MAX_CHARS)
    .toWellFormed();
  if (names === '') return [fr, en];
  return [`${fr} Outlook affichait : ${names}`, `${en} Outlook showed: ${names}`];
}

const SHOWN_MAX_CHARS = 2000;
