/** Heights of capitals in pixels. The picture is wide, so it is often shown smaller. */
export const TITLE_SIZE = 22;
export const TEXT_SIZE = 11;
export const SMALL_SIZE = 10;
