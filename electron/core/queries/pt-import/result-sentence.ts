import type { PtReading } from './read-pt-tables';
import type { PtCounts } from './take-over-pt';

const plural = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** What was taken over, and what was not, for the window and the command line. */
export function resultSentence(
  read: Pick<PtReading, 'reviewTable' | 'historyTable' | 'noHistory' | 'ownColumns' | 'whole' | 'unreadable'>,
  counts: PtCounts,
): string {
  const from = [read.reviewTable, ...(read.historyTable === null ? [] : [read.historyTable])].join(' and ');
  return [
    `${from}: ${plural(counts.classesMatched, 'class', 'classes')} of this review found`,
    `${plural(counts.notesAdded, 'note', 'notes')} added`,
    `${counts.accepted.toLocaleString('en')} accepted because reviewed there`,
    `${counts.compared.toLocaleString('en')} with figures of an earlier run`,
  ]
    .join(', ')
    .concat(
      '.',
      counts.rowsWithoutClass === 0
        ? ''
        : ` ${plural(counts.rowsWithoutClass, 'class', 'classes')} in the tables did not run in this capture.`,
      read.noHistory === '' ? '' : ` No earlier figures: ${read.noHistory}.`,
      read.ownColumns.length === 0 ? '' : ` Not taken over: the columns ${read.ownColumns.join(', ')}.`,
      read.unreadable === 0 ? '' : ` ${plural(read.unreadable, 'row', 'rows')} without a readable checksum left out.`,
      read.whole ? '' : ' The tables hold more rows than are read: the rest was left.',
    );
}
