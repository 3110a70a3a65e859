/** What `malleposte serve` says. */
export const serveEn = {
  building: 'Building the pages, once …',
  ready: 'The cockpit is open at {{link}}',
  first: 'Nobody has signed up yet. Open this link once, within 24 hours, to become the first operator:',
  until: 'Ctrl-C ends it; what runs comes to rest, and goes on at the next start.',
  stopping: 'Coming to rest: what has landed is noted …',
  stopped: 'At rest.',
};

export const serveOptionsEn = {
  host: 'the address to listen on (else 127.0.0.1: this machine alone)',
  port: 'the port (else 7357; 0 takes a free one)',
  public: 'the address under which people open the cockpit, behind a reverse proxy with TLS',
  'allow-hosts':
    'mail servers in the local network that may be reached: networks, addresses, names (else $MALLEPOSTE_ALLOW_HOSTS)',
  moves: 'moves at once, over all organisations',
};
