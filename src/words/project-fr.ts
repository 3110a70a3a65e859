import type { certifiedEn, inventoryEn } from './project-en.ts';

export const certifiedFr: typeof certifiedEn = {
  stage_one: '{{n}} sur {{of}} attestée',
  stage_other: '{{n}} sur {{of}} attestées',
};

export const inventoryFr: typeof inventoryEn = {
  'nearly-full': 'Presque pleine : {{used}} sur {{limit}}. Le nouveau courrier pourrait bientôt être refusé.',
  aside_one: '{{n}} élément à part n’est pas un message.',
  aside_other: '{{n}} éléments à part ne sont pas des messages.',
};
