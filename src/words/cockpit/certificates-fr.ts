export const certificatesFr = {};
