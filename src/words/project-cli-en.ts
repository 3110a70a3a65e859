/** What the commands of a project say: import, export, wave, status. */
export const projectEn = {
  state: {
    draft: 'being planned',
    ready: 'ready to start',
    running: 'moving',
    paused: 'paused',
    moved: 'moved',
    ended: 'finished',
    'rolled-back': 'taken back',
  },
  people_one: '{{n}} person',
  people_other: '{{n}} people',
  pilot: '{{name}} (pilot)',
  stage: '{{name}}: {{state}}, {{people}}',
  column: {
    wave: 'wave',
    state: 'state',
    people: 'people',
    proven: 'proven',
    findings: 'to read',
    failed: 'failed',
    share: 'arrived',
    line: 'row',
    verdict: 'verdict',
    address: 'address',
    name: 'name',
    said: 'to be read',
  },
  verdict: { create: 'create', change: 'change', same: 'as it is', refuse: 'REFUSED' },
  counts: '{{create}} to create, {{change}} to change, {{same}} as they are, {{refuse}} refused',
  'new-sites': 'New sites: {{names}}',
  'new-waves': 'New waves: {{names}}',
  'rows-more_one': '… and {{n}} more row that stays as it is',
  'rows-more_other': '… and {{n}} more rows that stay as they are',
  refused: 'Nothing was written. Correct the rows above, then import the file again.',
  dry: 'Nothing was written (--dry-run).',
  imported: 'Written: {{created}} created, {{changed}} changed, {{same}} as they were.',
  folder: 'The project {{name}} was written as the folder has it.',
  exported: 'The project lies in {{folder}}, without secrets.',
  road: '{{name}}: {{people}} at {{sites}}; {{proven}} proven, {{missing}}.',
  sites_one: '{{n}} site',
  sites_other: '{{n}} sites',
  missing_one: '{{n}} message missing',
  missing_other: '{{n}} messages missing',
  'missing-unknown': 'nothing proven yet',
  moving: 'Moving now:',
  move: '{{name}}: {{done}} of {{of}}, {{rate}}',
  'waves-none': 'There is no wave yet.',
  'not-open': 'stands in the way: {{gates}}',
  done: {
    start: '{{wave}}: started.',
    pause: '{{wave}}: paused. What has landed stays noted.',
    resume: '{{wave}}: goes on.',
    pass: '{{wave}}: another pass is asked for.',
    check: '{{wave}}: signing in at every account is asked for.',
  },
  'to-be-served':
    'Nothing moves while nobody serves this data folder: start malleposte serve, or give --wait to move here until it is done.',
  waiting: '{{wave}}: {{done}} of {{of}} people have arrived …',
  waited: '{{wave}}: {{proven}} proven, {{findings}} with findings to read, {{failed}} failed.',
  by: '{{user}} (command line)',
};

/** Of the demo, what the cockpit brings. */
export const demoCockpitEn = {
  serving: 'Starting the cockpit; its pages are built once …',
  operator: 'Demo operator',
  file: 'people.csv',
  imported: 'The prepared file is imported: {{n}} people, each with the accounts they have today.',
  cockpit: 'The cockpit of Ateliers Mistral is open at {{link}}',
  'cockpit-ends':
    'It answered and is closed again: nobody sits here. With --serve it stays open until Ctrl-C.',
  'sign-in': 'Sign in as {{email}} with the password {{password}} (made for this run; it ends with it).',
  note: {
    decision: 'Looked through together, nothing speaks against it.',
    licences: 'Mailboxes made on the new server, none of them needs a licence.',
    'scope-accepted': 'Mail moves; calendars stay where they are. Agreed with the management.',
    'people-told': 'Everybody at the site had a letter and a word at the morning meeting.',
    'backup-of-archives': 'The archives are copied to the disk in the safe.',
    'mx-ttl-lowered': 'Lowered to five minutes the day before.',
    'mail-arrives': 'A message from outside came in, and the reply came back.',
    'people-served': 'Phones and mail programs are set up, nobody waits.',
    'old-accounts-kept': 'The old server stays as it is for three months.',
  },
};

export const projectCommandsEn = {
  import: 'the people of a prepared file, or a project’s folder, into an organisation',
  export: 'a project as one readable folder, without secrets',
  wave: 'list the waves of an organisation, or start, pause, resume or check one, or ask for another pass',
  status: 'where an organisation stands',
};

export const projectOptionsEn = {
  organisation: 'the name of the organisation',
  server: 'the address of the server that serves the project (else the data folder itself is used)',
  token: 'a token of that server',
  wait: 'move here until the wave has arrived',
  last: 'of wave pass: the last pass, not one more in between',
  serve: 'leave the cockpit of the demo open until Ctrl-C (so it does at a terminal)',
};

export const projectUsageEn = {
  'no-import': 'the file to import is needed: malleposte import people.csv --organisation NAME',
  'no-organisation': 'the organisation is needed: --organisation NAME',
  'unknown-organisation': 'there is no organisation of this name; malleposte status lists them',
  'no-folder': 'the folder to write is needed: --out FOLDER',
  'no-wave': 'the wave is needed: malleposte wave start NAME',
  'unknown-wave': 'there is no wave of this name; malleposte wave lists them',
  'bad-act': 'start, pause, resume, pass or check is wanted here',
  'no-token': 'a token is needed too: --token env:NAME or --token file:PATH',
  'token-alone': 'a token is of use with --server only',
  'wait-at-server': 'a server moves by itself: --wait is for the data folder',
  'last-without-pass': 'it is for wave pass only',
  'folder-at-server': 'a project’s folder is imported into a data folder that no server uses',
  'is-there': 'there is a project of this name already; a folder is imported where there is none',
  'not-empty': 'this folder holds other things: name a new one, or one that a project was written to',
  'not-a-project': 'this is no folder of a project, or one of another version',
};

/** Where a data folder is in use, and nothing else may be told. */
export const projectBusyEn = {
  busy: 'Another malleposte uses this data folder. Where that is a server, give --server URL --token env:NAME; else wait until it is done.',
};
