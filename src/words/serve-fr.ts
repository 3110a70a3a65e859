import type { serveEn, serveOptionsEn } from './serve-en.ts';

export const serveFr: typeof serveEn = {
  building: 'Construction des pages, une seule fois…',
  ready: 'Le cockpit est ouvert à l’adresse {{link}}',
  first:
    'Personne n’est encore inscrit. Ouvrez ce lien une fois, dans les 24 heures, pour devenir le premier opérateur :',
  until: 'Ctrl-C l’arrête ; ce qui est en cours se met au repos et reprendra au prochain démarrage.',
  stopping: 'Mise au repos : ce qui est arrivé est noté…',
  stopped: 'Au repos.',
};

export const serveOptionsFr: typeof serveOptionsEn = {
  host: 'l’adresse d’écoute (sinon 127.0.0.1 : cette machine seule)',
  port: 'le port (sinon 7357 ; 0 en prend un libre)',
  public: 'l’adresse sous laquelle on ouvre le cockpit, derrière un mandataire inverse avec TLS',
  'allow-hosts':
    'serveurs de courrier du réseau local qui peuvent être joints : réseaux, adresses, noms (sinon $MALLEPOSTE_ALLOW_HOSTS)',
  moves: 'transferts simultanés, toutes organisations confondues',
};
