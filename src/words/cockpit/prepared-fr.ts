import type { preparedEn } from './prepared-en.ts';

type Texts<T> = { [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };

/** The same keys as the English, checked by the type. */
export const preparedFr: Texts<typeof preparedEn> = {
  fault: {
    empty: 'Le fichier est vide.',
    'file-too-large':
      'Le fichier dépasse 64 Mo. Une liste de personnes est bien plus petite : est-ce le bon fichier ?',
    'too-many-rows': 'Le fichier a plus de 100 000 lignes. Divisez-le, site par site.',
    'too-many-columns': 'Une ligne a plus de 200 colonnes. Le séparateur est-il le bon ?',
    'cell-too-long':
      'Une cellule contient plus de 10 000 caractères. Souvent, un guillemet plus haut n’est pas refermé.',
    'unpacks-too-large':
      'Décompressé, ce classeur est bien plus grand qu’une liste de personnes. Copiez la liste seule dans un nouveau classeur.',
    nul: 'Le fichier contient des caractères qui ne sont pas du texte. Enregistrez-le en « CSV UTF-8 ».',
    binary:
      'Ce n’est pas un tableau, mais une image, un PDF ou un programme. Enregistrez la liste en CSV ou en XLSX.',
    'old-xls':
      'Ce fichier vient d’un ancien Office (.xls). Ouvrez-le et enregistrez-le en .xlsx ou en « CSV UTF-8 ».',
    encrypted: 'Ce classeur est protégé par un mot de passe. Ouvrez-le et enregistrez-le sans mot de passe.',
    'other-format':
      'Ce genre de fichier n’est pas lu. Ouvrez-le et enregistrez-le en .xlsx ou en « CSV UTF-8 ».',
    damaged:
      'Ce classeur est abîmé ou n’a pas été chargé en entier. Ouvrez-le dans un tableur et enregistrez-le à nouveau.',
    'unclosed-quote': 'Un guillemet est ouvert ici et jamais refermé.',
    encoding:
      'L’encodage du fichier n’est pas clair, les accents seraient faux. Enregistrez-le en « CSV UTF-8 ».',
    'too-much':
      'La lecture de ce fichier demande plus de temps ou de mémoire qu’aucune liste de personnes. Copiez la liste dans un nouveau fichier.',
  },
  verdict: { create: 'Créer', change: 'Modifier', same: 'Rien à faire', refuse: 'Refusé' },
  severity: { refuse: 'À corriger', ask: 'À confirmer', warn: 'À lire' },
  template: {
    own: 'Fichier de Malleposte',
    'google-users': 'Google : utilisateurs en nombre',
    'microsoft-users': 'Microsoft 365 : ajout de plusieurs utilisateurs',
    'microsoft-imap': 'Microsoft 365 : lot IMAP',
  },
  columnIs: {
    field: 'Comprise',
    unused: 'Inutilisée',
    unknown: 'Non comprise',
    twice: 'Une autre colonne le dit déjà',
  },
  column: {
    givenName: 'Prénom',
    familyName: 'Nom',
    displayName: 'Nom affiché',
    address: 'Adresse',
    aliases: 'Alias',
    site: 'Site',
    wave: 'Étape',
    kind: 'Type',
    members: 'Membres',
    language: 'Langue',
    account: 'Compte',
    password: 'Mot de passe',
    login: 'Nom d’utilisateur sur l’ancien serveur',
    target: 'Cible',
    targetPassword: 'Mot de passe cible',
    passwordHash: 'Empreinte du mot de passe',
    mobile: 'Téléphone mobile',
    title: 'Fonction',
  },
  reason: {
    'no-address-column':
      'Aucune colonne ne contient d’adresses. Y a-t-il une ligne de titres avec « Adresse » ?',
    'duplicate-heading': 'Deux colonnes disent la même chose : « {{value}} ». Renommez ou supprimez-en une.',
    'unknown-column': 'La colonne « {{value}} » n’est pas comprise et n’est pas importée.',
    'no-rows': 'Il n’y a aucune ligne sous les titres.',
    'address-missing': 'L’adresse manque.',
    'bad-address': '« {{value}} » n’est pas une adresse électronique.',
    'bad-domain': '{{value}} : {{other}} n’est pas un domaine de l’organisation.',
    'duplicate-address': 'L’adresse {{value}} est déjà celle de {{other}}.',
    'alias-taken': 'L’alias {{value}} appartient à {{other}}.',
    'too-many-aliases': '{{value}} alias : aucune boîte ne peut en avoir autant.',
    'hidden-characters': '« {{value}} » contient des caractères invisibles.',
    'look-alike':
      '« {{value}} » contient des lettres qu’une adresse ne peut pas avoir, même si elles se ressemblent. Saisissez-la à nouveau.',
    'name-missing': 'Le nom manque ; « {{value}} » serait affiché.',
    homonym: '{{value}} est-il une autre personne que {{other}} ? Les noms sont les mêmes.',
    garbled: 'Les accents de « {{value}} » semblent abîmés.',
    'bad-kind': '« {{value}} » n’est pas un type : personne, partagée ou groupe.',
    'bad-language': '« {{value}} » n’est pas une langue parlée ici : fr ou en.',
    'rows-disagree':
      'Deux lignes de la même adresse se contredisent : « {{value}} » ici, « {{other}} » plus haut.',
    'unknown-site': 'Il n’y a pas de site « {{value}} ».',
    'unknown-wave': 'Il n’y a pas d’étape « {{value}} ».',
    'unknown-member': 'Le membre {{value}} n’est personne dans l’organisation. Le garder quand même ?',
    'members-ignored': 'Seuls les groupes ont des membres ; ceux-ci ne sont pas importés.',
    'accounts-ignored': 'Un groupe n’a pas de boîte ; {{value}} n’est pas importé.',
    'bad-account':
      'Le compte « {{value}} » n’est pas compris. Il doit ressembler à imaps://marie@mail.example.org/ ou pst:CHEMIN.',
    'secret-parameter':
      '{{value}} : un fichier ne doit pas dire où ce serveur trouve un mot de passe. Mettez-le dans sa colonne.',
    'no-server':
      'Le fichier nomme l’utilisateur {{value}} sans serveur. Dites sur quel serveur sont les anciennes boîtes.',
    'account-twice': 'Le compte {{value}} est donné deux fois ; il est pris une fois.',
    'account-taken': 'Le compte {{value}} est déjà celui de {{other}}. Doit-il aller aux deux ?',
    'missing-password': 'Le mot de passe de {{value}} manque ; il peut être saisi plus tard.',
    'password-in-address':
      'Un mot de passe se trouve dans l’adresse de {{value}}. Il est pris comme s’il était dans sa colonne.',
    'two-passwords': 'Deux mots de passe différents sont donnés pour {{value}}.',
    'password-without-account': 'Il y a ici un mot de passe sans compte ; il n’est pas importé.',
    'password-hashed': 'Le mot de passe est une empreinte ({{value}}) et ne permet pas de s’identifier.',
  },
  change: {
    set: '{{field}} : {{to}}',
    emptied: '{{field}} : {{from}} est retiré',
    changed: '{{field}} : {{from}} → {{to}}',
    secret: '{{field}} : nouveau',
  },
  count: {
    create_one: '{{n}} à créer',
    create_other: '{{n}} à créer',
    change_one: '{{n}} à modifier',
    change_other: '{{n}} à modifier',
    same_one: '{{n}} inchangé',
    same_other: '{{n}} inchangés',
    refuse_one: '{{n}} refusé',
    refuse_other: '{{n}} refusés',
    questions_one: '{{n}} question',
    questions_other: '{{n}} questions',
  },
  joins: 'S’ajoute à la ligne {{line}}',
  'by-order':
    'Les titres sont dans une autre langue ; les colonnes ont été prises dans l’ordre de Microsoft.',
};
