/**
 * Where to go after signing in: an address of the cockpit itself. What comes from a link may point anywhere (`//elsewhere`,
 * `/\elsewhere`, `javascript:`); everything that is no plain path here leads to the beginning. Pure.
 */
export function safeBack(back: unknown): string {
  if (typeof back !== 'string' || !/^\/(?![/\\])/.test(back)) return '/';
  // Browsers drop tabs and line ends inside of an address before they read it.
  if (/[\u0000-\u001f\\]/.test(back)) return '/';
  return /^\/sign-in(?:[/?#]|$)/.test(back) ? '/' : back;
}
