export const inventoryEn = {};
