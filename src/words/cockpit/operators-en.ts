export const operatorsEn = {};
