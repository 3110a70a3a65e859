/** Que faire d’une identification refusée, quand les mots du serveur disent plus que « non » (`app/denied.ts`). */
export const deniedAdviceFr = {
  access_off:
    'Le mot de passe n’est pas en cause : IMAP ou POP est coupé pour ce compte. Faites-le activer dans les réglages du compte, ou par son administrateur, puis relancez la même commande.',
  app_password:
    'Ce compte a la validation en deux étapes, son mot de passe habituel est donc refusé ici : créez un mot de passe d’application dans ses réglages de sécurité et employez-le, ou un jeton (malleposte consent), puis relancez la même commande.',
  browser_first:
    'L’hébergeur veut que la personne s’identifie d’abord dans un navigateur, depuis un lieu qu’il connaît : faites-le une fois à l’adresse que donne la réponse, puis relancez la même commande. Un jeton (malleposte consent) l’évite.',
  whole_address:
    'Le nom d’utilisateur doit être l’adresse entière : écrivez-la avec %40 à la place de @ (imaps://marie%40exemple.fr@serveur/), puis relancez la même commande.',
};
