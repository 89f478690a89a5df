// The figures of 2026 that the rules of every peer are made of.
export const single = 3940;
export const couple = 7100;
export const children = [2740, 3060, 2720, 3060, 3820, 4390, 4960];
export const away = [2560, 2800, 2500, 2720];
export const joint = [1280, 1410, 1790, 2030, 2330, 2640, 2830];
