import { queryClient } from '../api/ask.ts';

/** Ends the session; also when the server does not answer, nothing of it stays on the screen. */
export async function signOut(): Promise<void> {
  try {
    await fetch('/api/auth/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  } finally {
    queryClient.clear();
    location.assign('/sign-in');
  }
}
