/** Ce que disent en français les attestations imprimées et celles de plusieurs personnes. */
import type { Catalogue } from './catalogue.ts';

export const certificatesFr: Catalogue['certificates'] = {
  title: {
    site: 'Attestation d’un site',
    wave: 'Attestation d’une étape',
    organisation: 'Attestation d’une organisation',
  },
  verdict: {
    passed: 'Attestée',
    exceptions: 'Attestée, écarts à lire',
    failed: 'Non attestée',
    unfinished: 'Inachevée',
  },
  'verdict-text': {
    passed: 'L’attestation de chaque personne justifie chacun de ses messages, en relisant les deux côtés.',
    exceptions:
      'L’attestation de chaque personne justifie chacun de ses messages ; ceux qui ont été laissés, sont incomplets ou illisibles sont comptés ci-dessous, et énumérés là-bas.',
    failed: 'Les messages d’au moins une personne n’ont pas tous pu être justifiés ; la liste dit de qui.',
    unfinished:
      'Rien ne manque de ce qui a été vérifié, mais tout le monde ne l’a pas encore été ; la liste dit qui, et pourquoi.',
  },
  proven_one: '{{n}} personne sur {{all}} a son attestation',
  proven_other: '{{n}} personnes sur {{all}} ont leur attestation',
  nobody: 'Personne n’a encore d’attestation',
  made: 'Établie le {{at}}',
  mailbox: 'Boîte : {{mailbox}}',
  route: 'La route',
  accounts: 'Ce que contenait chaque compte',
  'cannot-tell': 'Ne sait pas dire : {{what}}',
  messages: 'Messages',
  account: 'Compte',
  sum: 'Le compte',
  'sum-of': 'Le compte de tous',
  bytes: 'lus aux sources',
  people: 'Personne par personne',
  columns: {
    person: 'Personne',
    verdict: 'Verdict',
    entries: 'Aux sources',
    copied: 'Copiés',
    merged: 'Fusionnés',
    left: 'Laissés, à décider',
    missing: 'Manquants',
    why: 'Pourquoi',
    finding: 'Constat',
    accepted: 'Accepté',
    certificate: 'Fichier, et son SHA-256',
  },
  without: 'Sans attestation',
  because: {
    'left-out': 'laissée de côté par décision',
    'no-account': 'aucun compte connu pour l’instant',
    'not-moved': 'pas encore transférée',
    moving: 'en route',
    'not-proven': 'transférée, pas encore vérifiée',
    'not-whole': 'l’attestation n’est pas entière',
  },
  accepted: 'Acceptés, avec un motif',
  'accepted-text': 'Ces constats restent ce qu’ils sont. Quelqu’un les a lus et répond de les laisser ainsi.',
  'accepted-by': '{{by}}, {{at}}',
  'accepted-more_one': 'Et {{n}} autre, dans le fichier de l’attestation.',
  'accepted-more_other': 'Et {{n}} autres, dans le fichier de l’attestation.',
  exceptions: 'Écarts, par cause',
  more_one: 'Et {{n}} autre dans le fichier des constats.',
  more_other: 'Et {{n}} autres dans le fichier des constats.',
  others_one: '{{n}} constat d’autres causes se trouve dans le fichier des constats.',
  others_other: '{{n}} constats d’autres causes se trouvent dans le fichier des constats.',
  times: '{{n}} ×',
  verify: 'Comment la vérifier',
  'verify-person':
    'Gardez ensemble l’attestation et son fichier de constats. Cette commande n’a besoin ni du réseau ni d’un compte ; elle relit chaque constat :',
  'verify-sum':
    'Placez les attestations des personnes, avec leurs fichiers de constats, à côté de celle-ci. Cette commande n’a besoin ni du réseau ni d’un compte ; elle vérifie le compte, et chaque attestation qui s’y trouve :',
  'verify-key':
    'Comparez ensuite l’empreinte de la clé à celle qui vous a été donnée par une autre voie. Ce papier est l’image du fichier : seul le fichier est signé.',
  key: 'Empreinte de la clé',
  head: 'Tête de la chaîne',
  findings: 'Constats',
  'findings-of_one': '{{n}} constat dans {{file}}',
  'findings-of_other': '{{n}} constats dans {{file}}',
  files: 'Les attestations sur lesquelles elle repose',
  footer: '{{name}} · {{at}}',
};

export const certifySumFr: Catalogue['certify']['sum'] = {
  sound_one: 'L’attestation d’ensemble est entière : le compte de {{n}} personne et la signature concordent.',
  sound_other:
    'L’attestation d’ensemble est entière : les comptes de {{n}} personnes et la signature concordent.',
  looked_one: '{{n}} des {{all}} attestations sur lesquelles elle repose se trouve à côté, et est entière.',
  looked_other:
    '{{n}} des {{all}} attestations sur lesquelles elle repose se trouvent à côté, et sont entières.',
  'looked-none':
    'Aucune des attestations sur lesquelles elle repose ne se trouve à côté : elles n’ont pas été relues.',
  passed: 'Elle dit : chaque message de chacun est justifié.',
  exceptions_one: 'Elle dit : chaque message est justifié, {{n}} laissé ou à décider.',
  exceptions_other: 'Elle dit : chaque message est justifié, {{n}} laissés ou à décider.',
  unfinished_one: 'Elle dit : inachevée, {{n}} personne sans attestation.',
  unfinished_other: 'Elle dit : inachevée, {{n}} personnes sans attestation.',
  failed: 'Elle dit : la vérification a échoué, {{missing}}, {{doubled}}.',
  'left-out_one': '{{n}} personne a été laissée de côté par décision.',
  'left-out_other': '{{n}} personnes ont été laissées de côté par décision.',
  accepted_one: '{{n}} constat a été accepté avec un motif.',
  accepted_other: '{{n}} constats ont été acceptés avec un motif.',
  fault: {
    unreadable: 'le fichier n’est pas une attestation de cette version',
    rewritten:
      'l’attestation n’est pas écrite comme elle l’a été ; même un espacement changé, et ce n’est plus elle',
    signature: 'la signature ne va pas avec les personnes, le compte et le verdict',
    verdict: 'le verdict ne découle pas de ceux des personnes',
    sums: 'le compte n’y est pas',
    'person-sums': 'le compte de {{address}} ne va pas avec son verdict',
    twice: '{{on}} s’y trouve deux fois',
    'person-file': '{{file}} n’est pas l’attestation de {{address}} qui a été comptée',
    'person-differs': '{{file}} dit de {{address}} autre chose que ce qui a été compté',
    'person-faults': '{{file}}, de {{address}}, n’est pas entière : {{faults}}',
  },
};
