import type { AppError } from './errors';

/** Every answer that crosses a process boundary: nothing throws across. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AppError };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (error: AppError): Result<never> => ({ ok: false, error });
