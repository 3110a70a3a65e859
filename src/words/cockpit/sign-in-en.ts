/** What the door of the cockpit says in English: sign-in, links, requests that are not taken, and what to do about a trouble. */
export const signInEn = {
  door: {
    'not-signed-in': 'Please sign in.',
    'sign-in-again': 'Please sign in again: this is asked for before such a change.',
    'not-allowed': 'Your role does not allow this. Ask the consultant or the IT manager.',
    disabled: 'This access has been closed. Ask the consultant or the IT manager.',
    'wrong-password': 'The e-mail address or the password is not right.',
    'wrong-code': 'This code is not right. Codes change every 30 seconds, and each backup code works once.',
    'code-late': 'The time for the code is over. Sign in once more.',
    'passkey-failed': 'The passkey was not accepted. Try again, or sign in with your password.',
    'sign-in-refused': 'The sign-in was not accepted ({{detail}}).',
    'oidc-off': 'Sign-in through your organisation is not set up here.',
    'oidc-unreachable':
      'The sign-in server of your organisation does not answer. Sign in with your password, or try again later.',
    'token-unknown': 'This API token is not valid: it may have expired or been withdrawn.',
    'link-unknown': 'This link is not valid. Check that it was copied whole, or ask for a new one.',
    'link-used': 'This link has been used already. Ask for a new one.',
    'link-expired': 'This link has expired. Ask for a new one.',
    'already-begun': 'Somebody has set up this server already. Sign in, or ask for an invitation.',
    'address-taken': 'Somebody signs in with this e-mail address already.',
    'password-short': 'Choose a longer password: at least {{detail}} characters.',
    'password-long': 'Choose a shorter password: at most {{detail}} characters.',
    'password-simple':
      'Choose a password that is harder to guess: not your address or name, and more than a few different characters.',
    'too-many': 'Too many attempts. Try again in {{wait}}.',
    'too-busy': 'The server has too much to do just now. Try again in {{wait}}.',
    'too-slow': 'This took too long and was given up. Try again.',
    'too-large': 'This is too large: at most {{detail}}.',
    'other-origin':
      'This request came from another site and was not carried out. Open the cockpit at its own address.',
    'unknown-host':
      'This server is not known as “{{detail}}”. Use the address that it was started with, or have that name added.',
    'wrong-type': 'This kind of content is not taken here; expected: {{detail}}.',
    'bad-json': 'The request cannot be read: it is no valid JSON.',
    'no-such-page': 'There is nothing at this address.',
  },
  /** How a wait is said, in `too-many`. */
  wait: {
    second_one: '{{count}} second',
    second_other: '{{count}} seconds',
    minute_one: '{{count}} minute',
    minute_other: '{{count}} minutes',
  },
  fault: {
    sentence: '“{{field}}” cannot be taken: {{why}}.',
    whole: 'The request',
    missing: 'it is missing',
    invalid_type: 'it is not of the right kind',
    too_small: 'it is too short or too small (at least {{limit}})',
    too_big: 'it is too long or too large (at most {{limit}})',
    invalid_format: 'it is not written as it should be',
    unrecognized_keys: 'it has parts that are not known',
    invalid_value: 'it is not one of the possible values',
    other: 'it is not valid',
  },
  bug: 'Something went wrong that should not have. The log of the server tells more under the number {{incident}}.',
  /** After “Could not …: …”, in the cockpit, where there is no command to run again. */
  advice: {
    busy: 'Wait a while, then try again.',
    full: 'Make room or raise the quota, then try again: it goes on where it stopped.',
    lost: 'Check the host name, the port and the network, then try again.',
    missing: 'Check the name; it may have been moved or removed.',
    refused: 'The answer tells why; correct that, then try again.',
    denied: 'Check the user name, the password or token and the rights of the account, then try again.',
    malformed: 'Check that this is what it should be; nothing was changed.',
  },
  adviceAt: {
    access_off:
      'The password is not at fault: IMAP or POP is switched off for this account. Have it switched on in the settings of the account, or by its administrator.',
    app_password:
      'This account has two-step verification, so its usual password is refused here: make an app password in its security settings and enter that.',
    browser_first:
      'The host wants the person to sign in by a browser first: do that once with the address in the answer, then try again.',
    whole_address: 'The user name has to be the whole address.',
  },
  refusal: {
    'changed-meanwhile':
      'Somebody else has changed this meanwhile. Look at what it is now, then make your change again.',
    'address-taken': 'This address, or one of the aliases, belongs to somebody else here.',
    'name-taken': 'This name is taken already.',
    'in-use': 'This is still in use: people or a running move hold on to it.',
    elsewhere: 'This belongs to another organisation.',
    'target-taken': 'This person has a target already.',
    'text-empty': 'A name is needed here.',
    'text-too-long': 'This text is too long.',
    'text-not-clean': 'There are characters in it that cannot be kept.',
    'too-many': 'These are too many at once.',
    'password-in-address': 'There is a password in the address; enter it beside.',
    'file-elsewhere':
      'This file does not lie where archives may lie on the server: in the folder “uploads” of its data, or in a folder that MALLEPOSTE_FILES names.',
    'memory-address': 'Addresses in memory are for tests.',
    'no-source': 'There is no account to move from.',
    'no-target': 'There is no new mailbox to move to.',
    'not-certified': 'There is no certificate yet: the move has not been proven.',
    'bad-secret': 'The password is entered beside, not named in the address.',
    'no-secret': 'The password is not there yet.',
    'secret-parameter': 'An address must not say where this server finds a password.',
    'rows-refused': 'Some rows must be corrected first.',
    'unknown-task': 'This job was written by another version.',
  },
  reach: {
    private:
      '{{host}} lies inside a local network ({{address}}), and this server does not connect there unasked. If that is right, have the person who runs it add {{entry}} to MALLEPOSTE_ALLOW_HOSTS.',
    never: '{{host}} is no address of a mail server ({{address}}).',
    unknown: 'No server is known by the name {{host}}. Check how it is written.',
    unreadable: '“{{host}}” is no name of a server.',
  },
};
