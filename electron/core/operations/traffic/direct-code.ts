import { addressTrafficCode } from './address-code';
import type { StepCode, StepContext } from '../operation-kind';
import { fenceAtHaproxy, haproxyTrafficCode } from './haproxy-code';
import { fenceAtProxysql, proxysqlTrafficCode } from './proxysql-code';

/** Code of the traffic steps that Midwatch carries out itself, by action: for every kind that moves a primary. */
export const directTrafficCode: Readonly<Record<string, StepCode>> = {
  'traffic-haproxy': haproxyTrafficCode,
  'traffic-proxysql': proxysqlTrafficCode,
  'traffic-address': addressTrafficCode,
};

/** The fence at proxies, by whichever kind the plan has. @throws StepFailure naming who did not do it */
export const fenceAtProxies = (context: StepContext): Promise<string> =>
  context.step.statements.some((one) => one.by === 'proxysql') ? fenceAtProxysql(context) : fenceAtHaproxy(context);
