/** Our own columns: the heading we write in each language, and all that are understood (folded: see `folded`). */
import type { Field } from './column.ts';

export type Language = 'fr' | 'en';

interface Heading {
  fr: string;
  en: string;
  /** Folded; the two above are understood anyway. */
  also: readonly string[];
}

/** Of the templates of others only. */
export type VendorField = 'login' | 'passwordHash';

/** In the order in which they are written. */
export const HEADINGS: Readonly<Record<Exclude<Field, VendorField>, Heading>> = {
  givenName: { fr: 'Prénom', en: 'First name', also: ['givenname', 'forename', 'prenoms', 'prenomusuel'] },
  familyName: {
    fr: 'Nom',
    en: 'Last name',
    also: ['familyname', 'surname', 'nomdefamille', 'nomusuel', 'nomdusage', 'sn'],
  },
  displayName: {
    fr: 'Nom affiché',
    en: 'Display name',
    also: [
      'nomdaffichage',
      'nomcomplet',
      'fullname',
      'name',
      'prenometnom',
      'prenomnom',
      'nomprenom',
      'nometprenom',
      'libelle',
    ],
  },
  address: {
    fr: 'Adresse',
    en: 'Address',
    also: [
      ...['adressemail', 'adresseemail', 'adressedemessagerie', 'adresseelectronique', 'adresseprincipale'],
      ...[
        'mail',
        'email',
        'courriel',
        'emailaddress',
        'mailaddress',
        'primaryaddress',
        'primaryemail',
        'nouvelleadresse',
      ],
      ...['newaddress', 'adressecourriel', 'primarysmtpaddress', 'userprincipalname', 'upn'],
    ],
  },
  aliases: {
    fr: 'Alias',
    en: 'Aliases',
    also: [
      'adressessecondaires',
      'autresadresses',
      'secondaryaddresses',
      'otheraddresses',
      'emailaliases',
      'aliasmail',
      'aliasemail',
    ],
  },
  site: {
    fr: 'Site',
    en: 'Site',
    also: ['lieu', 'agence', 'etablissement', 'location', 'office', 'branch', 'bureau', 'ville'],
  },
  wave: { fr: 'Étape', en: 'Wave', also: ['vague', 'lot', 'batch', 'step', 'stage', 'phase'] },
  kind: {
    fr: 'Type',
    en: 'Type',
    also: ['genre', 'kind', 'typedecompte', 'typedeboite', 'accounttype', 'mailboxtype'],
  },
  members: { fr: 'Membres', en: 'Members', also: ['membre', 'member', 'destinataires', 'recipients'] },
  language: { fr: 'Langue', en: 'Language', also: ['lang', 'preferredlanguage', 'languepreferee'] },
  account: {
    fr: 'Compte',
    en: 'Account',
    also: [
      ...[
        'anciencompte',
        'ancienneboite',
        'boite',
        'source',
        'oldaccount',
        'oldmailbox',
        'mailbox',
        'sourceaccount',
      ],
      ...['comptesource', 'boitesource'],
    ],
  },
  password: {
    fr: 'Mot de passe',
    en: 'Password',
    also: [
      'mdp',
      'motdepassecompte',
      'motdepassesource',
      'passwd',
      'oldpassword',
      'ancienmotdepasse',
      'accountpassword',
      'sourcepassword',
    ],
  },
  target: {
    fr: 'Cible',
    en: 'Target',
    also: [
      'destination',
      'nouvelleboite',
      'boitecible',
      'comptecible',
      'newmailbox',
      'newaccount',
      'targetaccount',
      'targetmailbox',
    ],
  },
  targetPassword: {
    fr: 'Mot de passe cible',
    en: 'Target password',
    also: ['mdpcible', 'nouveaumotdepasse', 'newpassword', 'motdepassedestination', 'destinationpassword'],
  },
  mobile: {
    fr: 'Téléphone mobile',
    en: 'Mobile phone',
    also: [
      'mobile',
      'portable',
      'telephoneportable',
      'telmobile',
      'gsm',
      'cellphone',
      'cell',
      'mobilenumber',
      'numerodeportable',
    ],
  },
  title: {
    fr: 'Fonction',
    en: 'Title',
    also: ['poste', 'intitule', 'jobtitle', 'position', 'intituleduposte', 'emploi'],
  },
};

/** Several of them in one file, told apart by the number behind. */
export const NUMBERED: ReadonlySet<Field> = new Set<Field>(['account', 'password']);

export const KINDS = {
  person: {
    fr: 'personne',
    en: 'person',
    also: ['utilisateur', 'user', 'usermailbox', 'individuel', 'collaborateur'],
  },
  shared: {
    fr: 'partagée',
    en: 'shared',
    also: ['partage', 'boitepartagee', 'sharedmailbox', 'generique', 'bal', 'balpartagee', 'boitegenerique'],
  },
  group: {
    fr: 'groupe',
    en: 'group',
    also: [
      'liste',
      'listedediffusion',
      'listedistribution',
      'distributionlist',
      'distributiongroup',
      'mailinglist',
      'list',
    ],
  },
} as const;
export type Kind = keyof typeof KINDS;

export const LANGUAGES: Readonly<Record<Language, readonly string[]>> = {
  fr: ['fr', 'francais', 'french', 'fra', 'fre', 'frfr'],
  en: ['en', 'anglais', 'english', 'eng', 'engb', 'enus'],
};
