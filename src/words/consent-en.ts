/** Of `malleposte consent`, access tokens and sealed secrets. */
export const consentEn = {
  open: 'Open this link in a browser on this machine and sign in there. Waiting for ten minutes (127.0.0.1:{{port}}; Ctrl-C ends it).',
  kept: 'Consent is kept, sealed. Use ?token=consent in the address of {{account}}.',
  'kept-by': 'Consent of {{by}} is kept, sealed. Use ?token=consent in the address of {{account}}.',
  'page-title': 'Thank you',
  'page-text': 'Malleposte may now read this mailbox. You can close this window.',
  'page-failed': 'That did not work',
};

/** By the code of RFC 6749 §5.2 and §4.1.2.1, or our own, with which a refusal begins. */
export const signInAdviceEn = {
  invalid_grant:
    'The consent has ended, was withdrawn or was used up: run malleposte consent for this account again, then the same command: it goes on where it stopped. With ?token=app:FILE, check the clock of this machine, the user’s name and the delegation.',
  interaction_required:
    'The person has to sign in once more: run malleposte consent for this account again, then the same command.',
  invalid_client:
    'Check --client-id and --client-secret, or the file of ?token=app:FILE; a secret of Microsoft ends on the day that Entra shows.',
  unauthorized_client:
    'The administrator has to allow this client what it asks for (domain-wide delegation at Google, admin consent at Microsoft): docs/025-consent.md says how.',
  invalid_scope:
    'This scope was not allowed to the client: docs/025-consent.md names the ones that are needed.',
  access_denied:
    'The person said no, or their administrator does. Run malleposte consent again when that has changed.',
  mail_not_granted:
    'The person signed in, but did not allow the mail: run malleposte consent again and let every box be ticked.',
  no_refresh_token:
    'The consent would have ended within the hour and was not kept. Withdraw it in the settings of the account, then run malleposte consent again.',
  account_mismatch:
    'Another person gave the consent, and it was not kept. Open the link where the right person is signed in, or in a private window.',
  consent_late: 'Nobody answered in time. Run malleposte consent again: the link is a new one each time.',
};

export const consentUsageEn = {
  'no-account':
    'the account is needed whose mail is to be read: gmail://marie@gmail.com/, imaps://marie%40example.org@outlook.office365.com/ or marie@example.org',
  'no-provider':
    'whose account this is cannot be seen: add --provider google or --provider microsoft, or --endpoints FILE',
  'bad-provider': 'this server belongs to the other provider',
  'bad-provider-name': 'google or microsoft is wanted here',
  'no-client-id': 'the client’s id is needed; docs/025-consent.md says how to make one, in ten minutes',
  'bad-client-secret':
    'the client’s secret is written env:NAME or file:PATH, never on the command line itself',
  'bad-endpoints':
    'this should be a JSON file with authorization_endpoint and token_endpoint (https), and scope where no --provider is given',
  'secret-no-consent':
    'no consent is kept for this account in this data folder; malleposte consent with the same address asks for it',
  'secret-app-bad':
    'the file of token=app:FILE is neither the key file of a service account of Google nor JSON with tenant, client_id and client_secret',
  'secret-damaged':
    'this sealed file was changed, swapped or damaged, and is not used. Put back a copy, or remove it and give the secret again (malleposte consent)',
  'secret-other-key':
    'this was sealed with another key: set MALLEPOSTE_KEY, or put back the file key of the data folder, as they were then; where the key is lost, remove the folder vault and ask for consent again',
  'secret-key-open': 'this key can be read by other users of this machine and is not used; chmod 600 it',
  'secret-key-bad': 'this is no key: it should be 32 bytes in base64, as openssl rand -base64 32 makes them',
};

export const consentOptionsEn = {
  provider: 'whose account it is, where the address does not show it',
  'client-id': 'the client made for this project at Google or Microsoft',
  'client-secret': 'where its secret is to be had (Google gives one to every client)',
  tenant: 'at Microsoft, the organisation: its domain or the id of its directory (else any)',
  endpoints: 'a JSON file with other endpoints than the usual ones',
};
