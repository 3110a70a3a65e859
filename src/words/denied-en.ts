/** What to do about a refused sign-in, where the server's words tell more than "no" (`app/denied.ts`). */
export const deniedAdviceEn = {
  access_off:
    'The password is not at fault: IMAP or POP is switched off for this account. Have it switched on in the settings of the account, or by its administrator, then run the same command again.',
  app_password:
    'This account has two-step verification, so its usual password is refused here: make an app password in its security settings and use that, or a token (malleposte consent), then run the same command again.',
  browser_first:
    'The host wants the person to sign in by a browser first, from a place that it knows: do that once with the address in the answer, then run the same command again. A token (malleposte consent) avoids it.',
  whole_address:
    'The user name has to be the whole address: write it with %40 in place of @ (imaps://marie%40example.org@host/), then run the same command again.',
};
