import type { ReactNode } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  XAxis,
  YAxis,
} from 'recharts';
import { formatMinute, formatSeconds } from '../lib/format';
import { gapsOf, niceMax, secondsTick, timeTicks } from './scale';

export interface SeriesLine {
  readonly key: string;
  readonly tone: string;
  readonly width: number;
  readonly dash?: string;
  readonly stepped?: boolean;
}

export interface SeriesPoint {
  readonly atMs: number;
  readonly values: Readonly<Record<string, number | null>>;
}

const tick = { fontSize: 10.5, fill: 'var(--t3)' };

/** Lines over time in seconds: y from 0 with three ticks, gaps as grey bands that say how long, newest at the right edge. */
export function TimeSeries({
  points,
  lines,
  fromMs,
  toMs,
  gapMs,
  withTime,
  threshold,
  label,
}: {
  readonly points: readonly SeriesPoint[];
  readonly lines: readonly SeriesLine[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Shorter stretches without data are not called a gap. */
  readonly gapMs: number;
  readonly withTime: boolean;
  readonly threshold?: { readonly at: number; readonly text: string };
  readonly label: string;
}): ReactNode {
  const values = points.map((point) => ({
    atMs: point.atMs,
    values: lines.map((line) => point.values[line.key] ?? null),
  }));
  const largest = Math.max(0, ...values.flatMap((point) => point.values.map((value) => value ?? 0)));
  const max = niceMax(largest);
  const data = points.map((point) => ({ atMs: point.atMs, ...point.values }));
  return (
    <div role="img" aria-label={label} style={{ width: '100%', height: '100%', minHeight: 0 }}>
      <ResponsiveContainer width="100%" height="100%" minWidth={0} minHeight={0}>
        <LineChart
          data={data}
          margin={{ top: 6, right: 6, left: 0, bottom: withTime ? 0 : 5 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--grid)" vertical={false} />
          <XAxis
            dataKey="atMs"
            type="number"
            domain={[fromMs, toMs]}
            ticks={[...timeTicks(fromMs, toMs)]}
            tickFormatter={formatMinute}
            hide={!withTime}
            tick={tick}
            axisLine={{ stroke: 'var(--line2)' }}
            tickLine={false}
            height={18}
          />
          <YAxis
            width={46}
            domain={[0, max]}
            ticks={[0, max / 2, max]}
            interval={0}
            tickFormatter={secondsTick}
            tick={tick}
            axisLine={false}
            tickLine={false}
          />
          {gapsOf(values, gapMs).map((gap) => (
            <ReferenceArea
              key={gap.fromMs}
              x1={gap.fromMs}
              x2={gap.toMs}
              fill="var(--unk)"
              fillOpacity={0.13}
              label={{
                value: `no data ${formatSeconds(Math.round((gap.toMs - gap.fromMs) / 1_000)).replace('.0', '')}`,
                fontSize: 10,
                fill: 'var(--t3)',
                position: 'insideTop',
              }}
            />
          ))}
          {threshold !== undefined && threshold.at <= max && (
            <ReferenceLine
              y={threshold.at}
              stroke="var(--watch)"
              strokeDasharray="4 3"
              label={{ value: threshold.text, position: 'insideTopLeft', fontSize: 10, fill: 'var(--watch)' }}
            />
          )}
          {lines.map((line) => (
            <Line
              key={line.key}
              dataKey={line.key}
              stroke={line.tone}
              strokeWidth={line.width}
              {...(line.dash === undefined ? {} : { strokeDasharray: line.dash })}
              type={line.stepped === true ? 'stepAfter' : 'linear'}
              dot={false}
              connectNulls={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}
