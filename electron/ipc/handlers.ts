import type { CallHandlers, StreamHandlers } from '@shared/ipc/contract';
import type { Application } from '../core/application';
import { appHandlers, type Desktop } from './app.handlers';
import { fleetHandlers, fleetStreamHandlers } from './fleet.handlers';
import { instanceHandlers, instanceStreamHandlers } from './instance.handlers';
import { inventoryHandlers, inventoryStreamHandlers } from './inventory.handlers';
import { queryHandlers, queryStreamHandlers } from './query.handlers';
import { operationHandlers, operationStreamHandlers } from './operation.handlers';

/** One handler for each line of the contract: a missing one does not compile. */
export const callHandlers = (app: Application, desktop: Desktop): CallHandlers => ({
  ...appHandlers(desktop),
  ...fleetHandlers(app),
  ...inventoryHandlers(app),
  ...instanceHandlers(app),
  ...operationHandlers(app, desktop),
  ...queryHandlers(app, desktop),
});

export const streamHandlers = (app: Application): StreamHandlers => ({
  ...fleetStreamHandlers(app),
  ...inventoryStreamHandlers(app),
  ...instanceStreamHandlers(app),
  ...operationStreamHandlers(app),
  ...queryStreamHandlers(app),
});
