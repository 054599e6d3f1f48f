import { addressTrafficCode } from './address-code';
import type { StepCode } from '../operation-kind';
import { haproxyTrafficCode } from './haproxy-code';

/** Code of the traffic steps that Midwatch carries out itself, by action: for every kind that moves a primary. */
export const directTrafficCode: Readonly<Record<string, StepCode>> = {
  'traffic-haproxy': haproxyTrafficCode,
  'traffic-address': addressTrafficCode,
};
