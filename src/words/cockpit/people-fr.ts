export const peopleFr = {};
