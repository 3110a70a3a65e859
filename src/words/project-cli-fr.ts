import type {
  demoCockpitEn,
  projectBusyEn,
  projectCommandsEn,
  projectEn,
  projectOptionsEn,
  projectUsageEn,
} from './project-cli-en.ts';

export const projectFr: typeof projectEn = {
  state: {
    draft: 'en préparation',
    ready: 'prête à partir',
    running: 'en cours',
    paused: 'en pause',
    moved: 'transférée',
    ended: 'terminée',
    'rolled-back': 'reprise',
  },
  people_one: '{{n}} personne',
  people_other: '{{n}} personnes',
  pilot: '{{name}} (pilote)',
  stage: '{{name}} : {{state}}, {{people}}',
  column: {
    wave: 'étape',
    state: 'état',
    people: 'personnes',
    proven: 'attestées',
    findings: 'à lire',
    failed: 'en échec',
    share: 'arrivé',
    line: 'ligne',
    verdict: 'verdict',
    address: 'adresse',
    name: 'nom',
    said: 'à lire',
  },
  verdict: { create: 'créer', change: 'modifier', same: 'inchangée', refuse: 'REFUSÉE' },
  counts: '{{create}} à créer, {{change}} à modifier, {{same}} sans changement, {{refuse}} refusées',
  'new-sites': 'Nouveaux sites : {{names}}',
  'new-waves': 'Nouvelles étapes : {{names}}',
  'rows-more_one': '… et {{n}} autre ligne sans changement',
  'rows-more_other': '… et {{n}} autres lignes sans changement',
  refused: 'Rien n’a été écrit. Corrigez les lignes ci-dessus, puis importez à nouveau le fichier.',
  dry: 'Rien n’a été écrit (--dry-run).',
  imported: 'Écrit : {{created}} créées, {{changed}} modifiées, {{same}} sans changement.',
  folder: 'Le projet {{name}} a été écrit tel que le dossier le contient.',
  exported: 'Le projet est dans {{folder}}, sans aucun secret.',
  road: '{{name}} : {{people}} sur {{sites}} ; {{proven}} attestées, {{missing}}.',
  sites_one: '{{n}} site',
  sites_other: '{{n}} sites',
  missing_one: '{{n}} message manquant',
  missing_other: '{{n}} messages manquants',
  'missing-unknown': 'rien n’est encore attesté',
  moving: 'En cours de transfert :',
  move: '{{name}} : {{done}} sur {{of}}, {{rate}}',
  'waves-none': 'Il n’y a encore aucune étape.',
  'not-open': 'fait obstacle : {{gates}}',
  done: {
    start: '{{wave}} : démarrée.',
    pause: '{{wave}} : en pause. Ce qui est arrivé reste noté.',
    resume: '{{wave}} : reprise.',
    pass: '{{wave}} : un autre passage est demandé.',
    check: '{{wave}} : l’essai de tous les accès est demandé.',
  },
  'to-be-served':
    'Rien n’avance tant que personne ne sert ce dossier de données : lancez malleposte serve, ou donnez --wait pour transférer ici jusqu’au bout.',
  waiting: '{{wave}} : {{done}} personnes sur {{of}} sont arrivées…',
  waited: '{{wave}} : {{proven}} attestées, {{findings}} avec des constats à lire, {{failed}} en échec.',
  by: '{{user}} (ligne de commande)',
};

export const demoCockpitFr: typeof demoCockpitEn = {
  serving: 'Démarrage du cockpit ; ses pages sont construites une seule fois…',
  operator: 'Opérateur de démonstration',
  file: 'personnes.csv',
  imported: 'Le fichier préparé est importé : {{n}} personnes, chacune avec ses comptes d’aujourd’hui.',
  cockpit: 'Le cockpit des Ateliers Mistral est ouvert à l’adresse {{link}}',
  'cockpit-ends':
    'Il a répondu et se referme : personne n’est ici. Avec --serve, il reste ouvert jusqu’à Ctrl-C.',
  'sign-in':
    'Connectez-vous comme {{email}} avec le mot de passe {{password}} (créé pour cette fois, il disparaît avec elle).',
  note: {
    decision: 'Relu ensemble, rien ne s’y oppose.',
    licences: 'Boîtes créées sur le nouveau serveur, aucune ne demande de licence.',
    'scope-accepted': 'Le courrier part, les agendas restent où ils sont. Vu avec la direction.',
    'people-told': 'Tout le site a reçu une lettre et un mot à la réunion du matin.',
    'backup-of-archives': 'Les archives sont copiées sur le disque du coffre.',
    'mx-ttl-lowered': 'Ramené à cinq minutes la veille.',
    'mail-arrives': 'Un message de l’extérieur est arrivé, la réponse est revenue.',
    'people-served': 'Téléphones et logiciels de messagerie réglés, personne n’attend.',
    'old-accounts-kept': 'L’ancien serveur reste tel quel pendant trois mois.',
  },
};

export const projectCommandsFr: typeof projectCommandsEn = {
  import: 'les personnes d’un fichier préparé, ou le dossier d’un projet, dans une organisation',
  export: 'un projet en un dossier lisible, sans aucun secret',
  wave: 'liste les étapes d’une organisation, en démarre, suspend, reprend ou vérifie une, ou demande un autre passage',
  status: 'où en est une organisation',
};

export const projectOptionsFr: typeof projectOptionsEn = {
  organisation: 'le nom de l’organisation',
  server: 'l’adresse du serveur qui sert le projet (sinon le dossier de données lui-même)',
  token: 'un jeton de ce serveur',
  wait: 'transfère ici jusqu’à ce que l’étape soit arrivée',
  last: 'de wave pass : le dernier passage, non un de plus',
  serve: 'laisse ouvert le cockpit de la démonstration jusqu’à Ctrl-C (ce qu’il fait dans un terminal)',
};

export const projectUsageFr: typeof projectUsageEn = {
  'no-import': 'il faut le fichier à importer : malleposte import personnes.csv --organisation NOM',
  'no-organisation': 'il faut l’organisation : --organisation NOM',
  'unknown-organisation': 'aucune organisation ne porte ce nom ; malleposte status les liste',
  'no-folder': 'il faut le dossier à écrire : --out DOSSIER',
  'no-wave': 'il faut l’étape : malleposte wave start NOM',
  'unknown-wave': 'aucune étape ne porte ce nom ; malleposte wave les liste',
  'bad-act': 'start, pause, resume, pass ou check est attendu ici',
  'no-token': 'il faut aussi un jeton : --token env:NOM ou --token file:CHEMIN',
  'token-alone': 'un jeton ne sert qu’avec --server',
  'wait-at-server': 'un serveur avance de lui-même : --wait est pour le dossier de données',
  'last-without-pass': 'elle ne sert qu’à wave pass',
  'folder-at-server':
    'le dossier d’un projet s’importe dans un dossier de données qu’aucun serveur n’emploie',
  'is-there': 'un projet de ce nom existe déjà ; un dossier s’importe là où il n’y en a pas',
  'not-empty':
    'ce dossier contient autre chose : donnez-en un nouveau, ou un dossier où un projet a été écrit',
  'not-a-project': 'ce n’est pas le dossier d’un projet, ou il est d’une autre version',
};

export const projectBusyFr: typeof projectBusyEn = {
  busy: 'Un autre malleposte emploie ce dossier de données. Si c’est un serveur, donnez --server URL --token env:NOM ; sinon, attendez qu’il ait fini.',
};
