export const findingsEn = {};
