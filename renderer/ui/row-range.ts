/** Places of the first and the last row that exist. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** Rows beyond the edges of what is in sight, so that scrolling meets them: more of them where it goes. */
const ahead = 12;
const behind = 4;
/** The range moves by this: one step of the wheel then changes it once. */
const step = 2;

/** Which rows of one height exist for a place of the scroll bar. `moved`: px since the last look, negative upwards. */
export function rowRange(list: {
  readonly count: number;
  readonly rowHeight: number;
  readonly top: number;
  readonly height: number;
  readonly moved: number;
}): RowRange {
  const { count, rowHeight, top, height, moved } = list;
  const [above, below] = moved < 0 ? [ahead, behind] : [behind, ahead];
  const from = Math.floor((Math.floor(top / rowHeight) - above) / step) * step;
  const to = Math.ceil((Math.ceil((top + height) / rowHeight) + below) / step) * step;
  const last = Math.max(0, count - 1);
  return { first: Math.min(Math.max(0, from), last), last: Math.min(to, last) };
}
