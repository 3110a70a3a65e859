export const runsEn = {};
