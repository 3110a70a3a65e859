export const portalEn = {};
