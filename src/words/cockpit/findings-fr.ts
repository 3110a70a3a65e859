export const findingsFr = {};
