/** What the server says of a project, in papers and lists. */
export const certifiedEn = {
  stage_one: '{{n}} of {{of}} proven',
  stage_other: '{{n}} of {{of}} proven',
};

export const inventoryEn = {
  'nearly-full': 'Nearly full: {{used}} of {{limit}}. New mail may be refused soon.',
  aside_one: '{{n}} item lies aside and is no message.',
  aside_other: '{{n}} items lie aside and are no messages.',
};
