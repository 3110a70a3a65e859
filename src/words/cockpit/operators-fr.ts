export const operatorsFr = {};
