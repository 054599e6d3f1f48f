/** Which statements of a source are wanted; what is left out of it is not asked for. */
export interface CaptureFilter {
  /** ms since the epoch, inclusive. Statements without a time are not wanted when one of the two is given. */
  readonly sinceMs?: number;
  /** ms since the epoch, exclusive. */
  readonly untilMs?: number;
  readonly schema?: string;
  readonly user?: string;
}

/** True when a statement is wanted. @param statement its names as real text or Latin-1, as the filter's are */
export function isWanted(
  { sinceMs, untilMs, schema, user }: CaptureFilter,
  statement: { readonly timeMs: number; readonly schema: string; readonly user: string },
): boolean {
  if (sinceMs !== undefined && !(statement.timeMs >= sinceMs)) return false;
  if (untilMs !== undefined && !(statement.timeMs < untilMs)) return false;
  return (schema === undefined || statement.schema === schema) && (user === undefined || statement.user === user);
}
