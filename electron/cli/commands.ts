import type { Command } from './command';
import { drillCommands } from './drill-commands';
import { fleetCommands } from './fleet-commands';
import { instanceCommands } from './instance-commands';
import { queryCommands } from './query-commands';
import { operationCommands } from './operation-commands';
import { runCommands } from './run-commands';

/** By noun and verb. */
export const commands: Readonly<Record<string, Command>> = {
  ...fleetCommands,
  ...instanceCommands,
  ...operationCommands,
  ...runCommands,
  ...drillCommands,
  ...queryCommands,
};
