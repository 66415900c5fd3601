/** Heights of capitals in pixels: large, for n8n's panel shows the picture at about half its size. */
export const TITLE_SIZE = 26;
export const TEXT_SIZE = 13;
export const SMALL_SIZE = 12;
