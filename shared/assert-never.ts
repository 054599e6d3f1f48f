/** Makes a switch exhaustive: a new member of a union is a compile error where it is not handled. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
