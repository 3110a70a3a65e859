export const portalFr = {};
