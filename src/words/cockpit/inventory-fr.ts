export const inventoryFr = {};
