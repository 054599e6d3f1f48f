import type { Check } from '@shared/model/plan';
import type { ClusterReading, InstanceReading } from '../cluster-reading';

/** Whether the primary's region is lost as a whole, or only the primary in it: then someone nearer could take over. Pure. */
export function regionLost({ readings, atMs }: ClusterReading, primary: InstanceReading): Check {
  const { region = '' } = primary.instance;
  const there = readings.filter((one) => one !== primary && one.instance.region === region);
  const answering = there.filter((one) => one.reached).map((one) => one.instance.name);
  const base = { code: 'region-lost', title: `Region ${region} is lost`, atMs };
  return answering.length === 0
    ? {
        ...base,
        status: 'pass',
        evidence: `nobody of ${there.length + 1} instances answers: ${[primary, ...there].map((one) => one.instance.name).join(', ')}`,
        advice: '',
      }
    : {
        ...base,
        status: 'warn',
        evidence: `${answering.join(', ')} ${answering.length === 1 ? 'answers' : 'answer'}`,
        advice: 'The region is not lost as a whole: a candidate in it keeps writes near, if one is possible',
      };
}
