export const certificatesEn = {};
