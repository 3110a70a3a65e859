export const runsFr = {};
