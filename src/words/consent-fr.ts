/** De `malleposte consent`, des jetons d’accès et des secrets scellés. */
export const consentFr = {
  open: 'Ouvrez ce lien dans un navigateur de cette machine et identifiez-vous. Attente de dix minutes (127.0.0.1:{{port}} ; Ctrl-C y met fin).',
  kept: 'L’autorisation est gardée, scellée. Mettez ?token=consent dans l’adresse de {{account}}.',
  'kept-by':
    'L’autorisation de {{by}} est gardée, scellée. Mettez ?token=consent dans l’adresse de {{account}}.',
  'page-title': 'Merci',
  'page-text': 'Malleposte peut maintenant lire cette boîte. Vous pouvez fermer cette fenêtre.',
  'page-failed': 'Cela n’a pas fonctionné',
};

export const signInAdviceFr = {
  invalid_grant:
    'L’autorisation a pris fin, a été retirée ou a déjà servi : relancez malleposte consent pour ce compte, puis la même commande : elle reprend où elle s’est arrêtée. Avec ?token=app:FICHIER, vérifiez l’horloge de cette machine, le nom d’utilisateur et la délégation.',
  interaction_required:
    'La personne doit s’identifier une fois de plus : relancez malleposte consent pour ce compte, puis la même commande.',
  invalid_client:
    'Vérifiez --client-id et --client-secret, ou le fichier de ?token=app:FICHIER ; un secret de Microsoft expire le jour indiqué dans Entra.',
  unauthorized_client:
    'L’administrateur doit permettre à ce client ce qu’il demande (délégation au niveau du domaine chez Google, consentement administrateur chez Microsoft) : voir docs/fr/025-consentement.md.',
  invalid_scope:
    'Cette portée n’est pas permise au client : docs/fr/025-consentement.md nomme celles qu’il faut.',
  access_denied:
    'La personne a dit non, ou son administrateur. Relancez malleposte consent quand cela aura changé.',
  mail_not_granted:
    'La personne s’est identifiée sans donner accès au courrier : relancez malleposte consent et faites cocher toutes les cases.',
  no_refresh_token:
    'L’autorisation n’aurait tenu qu’une heure et n’a pas été gardée. Retirez-la dans les réglages du compte, puis relancez malleposte consent.',
  account_mismatch:
    'Une autre personne a donné l’autorisation, qui n’a pas été gardée. Ouvrez le lien là où la bonne personne est connectée, ou dans une fenêtre privée.',
  consent_late: 'Personne n’a répondu à temps. Relancez malleposte consent : le lien est neuf à chaque fois.',
};

export const consentUsageFr = {
  'no-account':
    'il faut le compte dont le courrier sera lu : gmail://marie@gmail.com/, imaps://marie%40example.org@outlook.office365.com/ ou marie@example.org',
  'no-provider':
    'rien ne dit de qui est ce compte : ajoutez --provider google ou --provider microsoft, ou --endpoints FICHIER',
  'bad-provider': 'ce serveur est celui de l’autre fournisseur',
  'bad-provider-name': 'google ou microsoft est attendu ici',
  'no-client-id':
    'il faut l’identifiant du client ; docs/fr/025-consentement.md dit comment en créer un, en dix minutes',
  'bad-client-secret':
    'le secret du client s’écrit env:NOM ou file:CHEMIN, jamais dans la ligne de commande elle-même',
  'bad-endpoints':
    'il faut ici un fichier JSON avec authorization_endpoint et token_endpoint (https), et scope sans --provider',
  'secret-no-consent':
    'aucune autorisation n’est gardée pour ce compte dans ce dossier de données ; malleposte consent avec la même adresse la demande',
  'secret-app-bad':
    'le fichier de token=app:FICHIER n’est ni la clé d’un compte de service de Google ni du JSON avec tenant, client_id et client_secret',
  'secret-damaged':
    'ce fichier scellé a été modifié, échangé ou abîmé, et n’est pas employé. Remettez une copie, ou supprimez-le et donnez le secret à nouveau (malleposte consent)',
  'secret-other-key':
    'ceci a été scellé avec une autre clé : rétablissez MALLEPOSTE_KEY, ou le fichier key du dossier de données, comme alors ; si la clé est perdue, supprimez le dossier vault et demandez à nouveau l’autorisation',
  'secret-key-open':
    'cette clé est lisible par d’autres utilisateurs de cette machine et n’est pas employée ; chmod 600 y remédie',
  'secret-key-bad':
    'ce n’est pas une clé : il faut 32 octets en base64, comme les donne openssl rand -base64 32',
};

export const consentOptionsFr = {
  provider: 'de qui est le compte, quand l’adresse ne le montre pas',
  'client-id': 'le client créé pour ce projet chez Google ou Microsoft',
  'client-secret': 'où prendre son secret (Google en donne un à chaque client)',
  tenant: 'chez Microsoft, l’organisation, par son domaine ou l’identifiant de son annuaire (sinon toutes)',
  endpoints: 'un fichier JSON qui donne d’autres points d’accès que les habituels',
};
