import { z } from 'zod';
import { parseSocketAddress } from './address';

const timeoutSeconds = z.int().min(1).max(120);
/** Names of HAProxy's backends and servers (configuration manual, section 2.4 "Proxy names"). */
export const haproxyName = /^[\w.:-]{1,80}$/;

const shellSchema = z.object({
  kind: z.literal('shell'),
  command: z.string().trim().min(1).max(2000),
  timeoutSeconds,
});

const httpSchema = z.object({
  kind: z.literal('http'),
  url: z.url({ protocol: /^https?$/ }).max(500),
  timeoutSeconds,
});

/**
 * HAProxy's runtime API. `proxies`: `host:port` (reached as the instances are, behind the same bastions) or the path of a
 * unix socket on this computer; each must be of level admin. Servers of `backend` are found by their address.
 * `timeoutSeconds`: of each answer of each proxy.
 */
const haproxySchema = z.object({
  kind: z.literal('haproxy'),
  proxies: z
    .array(
      z
        .string()
        .trim()
        .max(255)
        .refine((text) => parseSocketAddress(text) !== null, 'host:port, or the path of a unix socket'),
    )
    .min(1, 'at least one proxy')
    .max(16),
  backend: z.string().trim().regex(haproxyName, 'a backend of HAProxy: letters, digits, and . _ - : only'),
  timeoutSeconds,
});

/**
 * An address that moves between hosts, by a command on each host (SSH, as "Host by SSH" of each instance says). Proven is
 * that `address` is gone from the old host, and there on the new one: asked by `ip address`.
 * The commands are run by /bin/sh with the words of docs/hooks.md in their environment.
 */
const addressCommand = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  // A planned statement has its places written so.
  .refine((text) => !/(?<![:\w]):[a-z]/.test(text), 'a word after a colon is not possible here: put it into a script');
const virtualAddressSchema = z.object({
  kind: z.literal('virtual-address'),
  address: z.union([z.ipv4(), z.ipv6()], 'an IPv4 or IPv6 address without its prefix length'),
  release: addressCommand,
  take: addressCommand,
  timeoutSeconds,
});

/**
 * MySQL Router stands before the cluster. Nothing is sent to it: it cannot be moved. `api`: its REST API, to read where its
 * routes lead, for example `https://router.example:8443/api/20190715`; `user` of its realm, the password is a secret.
 */
const mysqlRouterSchema = z.object({
  kind: z.literal('mysql-router'),
  api: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  user: z.string().trim().min(1).max(80).optional(),
  timeoutSeconds,
});

/**
 * ProxySQL's admin interface. `admins`: `host:port`, reached as the instances are; `user` of admin-admin_credentials, its
 * password is a secret. Whether its own check of read_only decides is read, not set.
 */
const proxysqlSchema = z.object({
  kind: z.literal('proxysql'),
  admins: z
    .array(
      z
        .string()
        .trim()
        .max(255)
        .refine((text) => parseSocketAddress(text)?.kind === 'tcp', 'host:port of the admin interface'),
    )
    .min(1, 'at least one admin interface')
    .max(16),
  user: z.string().trim().min(1).max(80),
  writerHostgroup: z.int().min(0).max(2_147_483_647),
  timeoutSeconds,
});

/**
 * A program of the user's, or a proxy that Midwatch speaks to itself; docs/hooks.md says for each what it does, in which
 * order, and what it needs. Success is never what it answers: it is looked for.
 */
export const repointSchema = z.discriminatedUnion('kind', [
  shellSchema,
  httpSchema,
  haproxySchema,
  proxysqlSchema,
  virtualAddressSchema,
  mysqlRouterSchema,
]);
/** What leads applications to another primary. */
export type RepointHook = z.infer<typeof repointSchema>;

/** What can make an old primary harmless. */
export const fenceSchema = z.discriminatedUnion('kind', [shellSchema, httpSchema, haproxySchema, proxysqlSchema]);
/** As {@link fenceSchema}. */
export type FenceHook = z.infer<typeof fenceSchema>;

export type Hook = RepointHook | FenceHook;
/** Hooks that are programs of the user's: called once, with the words of docs/hooks.md. */
export type ProgramHook = Extract<Hook, { readonly kind: 'shell' | 'http' }>;
export type VirtualAddressHook = Extract<Hook, { readonly kind: 'virtual-address' }>;
export type MysqlRouterHook = Extract<Hook, { readonly kind: 'mysql-router' }>;
export type ProxysqlHook = Extract<Hook, { readonly kind: 'proxysql' }>;
export type HaproxyHook = Extract<Hook, { readonly kind: 'haproxy' }>;

/** Kinds in the words of the screen. */
export const hookNames: Readonly<Record<Hook['kind'], string>> = {
  shell: 'shell command',
  http: 'HTTP call',
  haproxy: 'HAProxy',
  proxysql: 'ProxySQL',
  'virtual-address': 'virtual address',
  'mysql-router': 'MySQL Router',
};

/** Whether a hook is a program that is called; the others are plans of statements. */
export const isProgram = (hook: Hook): hook is ProgramHook => hook.kind === 'shell' || hook.kind === 'http';
