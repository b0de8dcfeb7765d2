/** 1位, 2位, 3位 */
export const ordinal = (rank: number): string => `${rank}位`;
