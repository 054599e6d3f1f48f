const mostPoints = 60;

/** The newest points win when there are more than can be drawn; each drawn point is the largest of its bucket, so spikes stay. */
export function thin(values: readonly (number | null)[], most = mostPoints): readonly (number | null)[] {
  if (values.length <= most) return values;
  const size = values.length / most;
  return Array.from({ length: most }, (_, index) => {
    const bucket = values
      .slice(Math.floor(index * size), Math.floor((index + 1) * size))
      .filter((value) => value !== null);
    return bucket.length === 0 ? null : Math.max(...bucket);
  });
}

/** SVG paths of a trend: `line` breaks where there is no data, `area` is filled under each unbroken piece. */
export function sparklinePaths(
  values: readonly (number | null)[],
  box: { readonly width: number; readonly height: number; readonly max: number | null },
): { readonly line: string; readonly area: string } {
  const points = thin(values);
  const top = Math.max(box.max ?? Math.max(0, ...points.map((value) => value ?? 0)), 1e-9);
  const step = (box.width - 2) / Math.max(1, points.length - 1);
  let line = '';
  let area = '';
  let piece: string[] = [];
  let start = 0;
  const close = (end: number): void => {
    if (piece.length > 1)
      area += `M${start.toFixed(1)} ${box.height}L${piece.join('L')}L${end.toFixed(1)} ${box.height}Z`;
    if (piece.length > 0) line += `M${piece.join('L')}`;
    piece = [];
  };
  points.forEach((value, index) => {
    const x = 1 + index * step;
    if (value === null) {
      close(x - step);
      return;
    }
    if (piece.length === 0) start = x;
    const y = box.height - 1.5 - (Math.min(value, top) / top) * (box.height - 3);
    piece.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
  });
  close(1 + (points.length - 1) * step);
  return { line, area };
}
