/** A JSON object of a server whose shape is not known beforehand. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects of a list; nothing for anything else. */
export const objectsOf = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : [];

/** Texts of a list; nothing for anything else. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

export const textIn = (object: JsonObject, key: string): string | null => {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** A number, also one that the server wrote as text ("12.50"). */
export const numberIn = (object: JsonObject, key: string): number | null => {
  const value = object[key];
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

export const isTrue = (object: JsonObject, key: string): boolean => object[key] === true || object[key] === 1;

/**
 * Text as a JSON object.
 * @throws Error with the beginning of the text: a server that answers something else is a defect to be seen
 */
export function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The server's plan is not JSON: ${text.slice(0, 80)}`, { cause: error });
  }
  if (!isObject(value)) throw new Error(`The server's plan is not an object: ${text.slice(0, 80)}`);
  return value;
}
