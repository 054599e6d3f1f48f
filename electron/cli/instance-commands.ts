import { MidwatchError } from '@shared/errors';
import { requireText } from './arguments';
import type { Command } from './command';
import { useSecretsOfEnvironment } from './first-look';
import { table } from './table';

const processList: Command = async ({ app, words, options, signal }) => {
  const wanted = requireText(words[0], 'NAME');
  useSecretsOfEnvironment(app);
  const matches = app.inventory.current.clusters.flatMap((cluster) =>
    cluster.instances.filter((one) => one.name === wanted || `${cluster.name}/${one.name}` === wanted),
  );
  const [instance] = matches;
  if (!instance || matches.length > 1)
    throw new MidwatchError(
      'not-found',
      matches.length > 1 ? `${wanted} stands in several clusters` : `No instance ${wanted}`,
      { nextStep: 'Name it as cluster/instance; midwatch fleet status lists them' },
    );
  const list = await app.instances.processList(instance.id, signal);
  const sessions = options['all'] ? list.sessions : list.sessions.filter((one) => one.kind !== 'sleeping');
  return {
    data: list,
    text: table(
      ['Session', 'Kind', 'User', 'Time, s', 'Waits for', 'Statement'],
      sessions.map((one) => [
        String(one.id),
        one.kind,
        `${one.user}@${one.host}`,
        String(one.seconds),
        one.blockedBy.join(' '),
        one.statement.replace(/\s+/g, ' ').slice(0, 100),
      ]),
    ),
  };
};

export const instanceCommands: Readonly<Record<string, Command>> = {
  'instance processlist': processList,
};
