export const settingsFr = {};
