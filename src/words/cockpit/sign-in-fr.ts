import type { signInEn } from './sign-in-en.ts';

/** Ce que dit la porte du cockpit en français : connexion, liens, demandes refusées, et que faire d’un ennui. */
export const signInFr: Texts<typeof signInEn> = {
  door: {
    'not-signed-in': 'Veuillez vous connecter.',
    'sign-in-again': 'Veuillez vous connecter de nouveau : c’est demandé avant un tel changement.',
    'not-allowed': 'Votre rôle ne le permet pas. Adressez-vous au consultant ou au responsable informatique.',
    disabled: 'Cet accès a été fermé. Adressez-vous au consultant ou au responsable informatique.',
    'wrong-password': 'L’adresse e-mail ou le mot de passe n’est pas le bon.',
    'wrong-code':
      'Ce code n’est pas le bon. Les codes changent toutes les 30 secondes, et chaque code de secours sert une fois.',
    'code-late': 'Le temps pour saisir le code est passé. Connectez-vous de nouveau.',
    'passkey-failed':
      'La clé d’accès n’a pas été acceptée. Réessayez, ou connectez-vous avec votre mot de passe.',
    'sign-in-refused': 'La connexion n’a pas été acceptée ({{detail}}).',
    'oidc-off': 'La connexion par votre organisation n’est pas prévue ici.',
    'oidc-unreachable':
      'Le serveur de connexion de votre organisation ne répond pas. Connectez-vous avec votre mot de passe, ou réessayez plus tard.',
    'token-unknown': 'Ce jeton d’API n’est pas valable : il a pu expirer ou être retiré.',
    'link-unknown':
      'Ce lien n’est pas valable. Vérifiez qu’il a été copié en entier, ou demandez-en un nouveau.',
    'link-used': 'Ce lien a déjà servi. Demandez-en un nouveau.',
    'link-expired': 'Ce lien a expiré. Demandez-en un nouveau.',
    'already-begun': 'Quelqu’un a déjà pris ce serveur en main. Connectez-vous, ou demandez une invitation.',
    'address-taken': 'Quelqu’un se connecte déjà avec cette adresse e-mail.',
    'password-short': 'Choisissez un mot de passe plus long : au moins {{detail}} caractères.',
    'password-long': 'Choisissez un mot de passe plus court : au plus {{detail}} caractères.',
    'password-simple':
      'Choisissez un mot de passe plus difficile à deviner : ni votre adresse ni votre nom, et plus de quelques caractères différents.',
    'too-many': 'Trop de tentatives. Réessayez dans {{wait}}.',
    'too-busy': 'Le serveur a trop à faire en ce moment. Réessayez dans {{wait}}.',
    'too-slow': 'C’était trop long et a été abandonné. Réessayez.',
    'too-large': 'C’est trop gros : {{detail}} au plus.',
    'other-origin':
      'Cette demande venait d’un autre site et n’a pas été exécutée. Ouvrez le cockpit à sa propre adresse.',
    'unknown-host':
      'Ce serveur n’est pas connu sous le nom « {{detail}} ». Employez l’adresse avec laquelle il a été lancé, ou faites ajouter ce nom.',
    'wrong-type': 'Ce genre de contenu n’est pas accepté ici ; attendu : {{detail}}.',
    'bad-json': 'La demande est illisible : ce n’est pas du JSON valable.',
    'no-such-page': 'Il n’y a rien à cette adresse.',
  },
  wait: {
    second_one: '{{count}} seconde',
    second_other: '{{count}} secondes',
    minute_one: '{{count}} minute',
    minute_other: '{{count}} minutes',
  },
  fault: {
    sentence: '« {{field}} » ne peut pas être accepté : {{why}}.',
    whole: 'La demande',
    missing: 'il manque',
    invalid_type: 'ce n’est pas le genre de valeur attendu',
    too_small: 'c’est trop court ou trop petit (au moins {{limit}})',
    too_big: 'c’est trop long ou trop grand (au plus {{limit}})',
    invalid_format: 'ce n’est pas écrit comme il faut',
    unrecognized_keys: 'il contient des parties inconnues',
    invalid_value: 'ce n’est pas l’une des valeurs possibles',
    other: 'ce n’est pas valable',
  },
  bug: 'Quelque chose s’est passé qui n’aurait pas dû. Le journal du serveur en dit plus sous le numéro {{incident}}.',
  advice: {
    busy: 'Attendez un peu, puis réessayez.',
    full: 'Faites de la place ou relevez le quota, puis réessayez : cela reprend où c’était arrêté.',
    lost: 'Vérifiez le nom du serveur, le port et le réseau, puis réessayez.',
    missing: 'Vérifiez le nom ; cela a pu être déplacé ou supprimé.',
    refused: 'La réponse dit pourquoi ; corrigez cela, puis réessayez.',
    denied:
      'Vérifiez le nom d’utilisateur, le mot de passe ou le jeton et les droits du compte, puis réessayez.',
    malformed: 'Vérifiez que c’est bien ce que cela doit être ; rien n’a été changé.',
  },
  adviceAt: {
    access_off:
      'Le mot de passe n’est pas en cause : IMAP ou POP est coupé pour ce compte. Faites-le activer dans les réglages du compte, ou par son administrateur.',
    app_password:
      'Ce compte a la validation en deux étapes, son mot de passe habituel est donc refusé ici : créez un mot de passe d’application dans ses réglages de sécurité et saisissez-le.',
    browser_first:
      'L’hébergeur veut que la personne s’identifie d’abord dans un navigateur : faites-le une fois à l’adresse que donne la réponse, puis réessayez.',
    whole_address: 'Le nom d’utilisateur doit être l’adresse entière.',
  },
  refusal: {
    'changed-meanwhile':
      'Quelqu’un d’autre l’a changé entre-temps. Regardez ce qu’il en est maintenant, puis refaites votre changement.',
    'address-taken': 'Cette adresse, ou l’un des alias, appartient ici à quelqu’un d’autre.',
    'name-taken': 'Ce nom est déjà pris.',
    'in-use': 'C’est encore utilisé : des personnes ou une reprise en cours en dépendent.',
    elsewhere: 'Cela appartient à une autre organisation.',
    'target-taken': 'Cette personne a déjà une destination.',
    'text-empty': 'Il faut un nom ici.',
    'text-too-long': 'Ce texte est trop long.',
    'text-not-clean': 'Il contient des caractères qui ne peuvent pas être conservés.',
    'too-many': 'C’est trop à la fois.',
    'password-in-address': 'Il y a un mot de passe dans l’adresse ; saisissez-le à côté.',
    'file-elsewhere':
      'Ce fichier ne se trouve pas là où les archives peuvent se trouver sur le serveur : dans le dossier « uploads » de ses données, ou dans un dossier que nomme MALLEPOSTE_FILES.',
    'memory-address': 'Les adresses en mémoire servent aux essais.',
    'no-source': 'Il n’y a aucun compte d’où reprendre le courrier.',
    'no-target': 'Il n’y a pas encore de nouvelle boîte où le reprendre.',
    'not-certified': 'Il n’y a pas encore d’attestation : la reprise n’a pas été vérifiée.',
    'bad-secret': 'Le mot de passe se saisit à côté, il ne se nomme pas dans l’adresse.',
    'no-secret': 'Le mot de passe n’est pas encore là.',
    'secret-parameter': 'Une adresse ne doit pas dire où ce serveur trouve un mot de passe.',
    'rows-refused': 'Des lignes doivent d’abord être corrigées.',
    'unknown-task': 'Cette tâche a été écrite par une autre version.',
  },
  reach: {
    private:
      '{{host}} se trouve dans un réseau local ({{address}}), et ce serveur ne s’y connecte pas de lui-même. Si c’est voulu, faites ajouter {{entry}} à MALLEPOSTE_ALLOW_HOSTS par la personne qui le fait tourner.',
    never: '{{host}} n’est pas l’adresse d’un serveur de messagerie ({{address}}).',
    unknown: 'Aucun serveur n’est connu sous le nom {{host}}. Vérifiez comment il s’écrit.',
    unreadable: '« {{host}} » n’est pas un nom de serveur.',
  },
};

type Texts<T> = { [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };
