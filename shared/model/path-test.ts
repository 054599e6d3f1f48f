import { z } from 'zod';
import type { AppError } from '../errors';
import { bastionSchema, tlsPolicySchema } from './inventory';

/** A hop as typed in a form: secrets ride along inwards and are dropped after the test unless the hop is saved. */
export const hopInputSchema = bastionSchema.extend({
  password: z.string().optional(),
  passphrase: z.string().optional(),
});
export type HopInput = z.infer<typeof hopInputSchema>;

/** One instance and the way to it, as typed. `password` absent: the stored secret of `clusterId` is used. */
export const targetInputSchema = z.object({
  host: z.string().trim().min(1).max(255),
  port: z.int().min(1).max(65535),
  user: z.string().min(1).max(80),
  password: z.string().optional(),
  clusterId: z.string().optional(),
  tls: tlsPolicySchema,
  hops: z.array(hopInputSchema).max(8),
});
export type TargetInput = z.infer<typeof targetInputSchema>;

export const pathStageNames = ['name', 'tcp', 'host-key', 'sign-in', 'tls', 'rights'] as const;
export type PathStageName = (typeof pathStageNames)[number];

/** One stage of one leg: proven with its evidence and time, failed with the cause, or not tried. */
export type PathStage =
  | { readonly name: PathStageName; readonly state: 'not-tried' | 'running' | 'skipped' }
  | { readonly name: PathStageName; readonly state: 'passed'; readonly evidence: string; readonly tookMs: number }
  | { readonly name: PathStageName; readonly state: 'failed'; readonly error: AppError; readonly tookMs: number };

/** One leg of the way: an SSH hop (`hop` counts from 0) or the server itself. */
export interface PathLeg {
  readonly kind: 'hop' | 'server';
  readonly title: string;
  readonly stages: readonly PathStage[];
}

export interface PathTest {
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly state: 'running' | 'passed' | 'failed';
  readonly legs: readonly PathLeg[];
}

/** A host of `~/.ssh/config` offered as a hop. */
export interface SshConfigHost {
  readonly alias: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keyFile?: string;
  readonly proxyJump: readonly string[];
}
