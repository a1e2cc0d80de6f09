import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { day, timeOfDay, zone } from '../core/format';

export interface Series { name: string; color: string; values: (number | null)[] }

const height = 150;

const colorOf = (name: string): string => {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
};

/**
 * A small chart over time.
 * @param isStacked whether the series are parts of a whole, drawn as stacked bars
 */
export function TimeChart({ times, series, unit, label, isStacked = false }: { times: number[]; series: Series[]; unit: (value: number) => string; label: string; isStacked?: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const dark = useRef(matchMedia('(prefers-color-scheme: dark)'));
  useEffect(() => {
    let chart: uPlot | undefined;
    // The largest sum is drawn first, and the smaller ones over it.
    const sums: (number | null)[][] = [];
    if (isStacked) for (const { values } of series) sums.push(values.map((value, at) => (value ?? 0) + (sums.at(-1)?.[at] ?? 0)));
    const drawn = isStacked ? series.map((one, at) => ({ ...one, values: sums[at]! })).reverse() : series;
    const isLong = times.length > 1 && times.at(-1)! - times[0]! > 2 * 86_400_000;
    const draw = (): void => {
      chart?.destroy();
      const axis = { stroke: colorOf('--mute'), font: '11px system-ui, sans-serif', grid: { stroke: colorOf('--line'), width: 1 }, ticks: { show: false } };
      chart = new uPlot({
        width: place.current!.clientWidth,
        height,
        tzDate: at => uPlot.tzDate(new Date(at * 1000), zone.value),
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: true }, y: { range: (_, _least, most) => [0, Math.max(most || 0, isStacked ? 4 : 0.1) * 1.1] } },
        axes: [{ ...axis, space: 80, values: (_, ticks) => ticks.map(at => isLong ? day(at * 1000).slice(5) + ' ' + timeOfDay(at * 1000).slice(0, 5) : timeOfDay(at * 1000).slice(0, 5)) }, { ...axis, size: 58, values: (_, ticks) => ticks.map(unit) }],
        series: [{}, ...drawn.map(one => ({
          label: one.name,
          stroke: isStacked ? undefined : colorOf(one.color),
          fill: isStacked ? colorOf(one.color) : undefined,
          width: isStacked ? 0 : 1.75,
          points: { show: false },
          spanGaps: !isStacked,
          ...(isStacked ? { paths: uPlot.paths.bars!({ size: [0.8, 40] }) } : {}),
        }))],
      }, [times.map(at => at / 1000), ...drawn.map(one => one.values)] as uPlot.AlignedData, place.current!);
    };
    draw();
    const sizes = new ResizeObserver(() => { if (place.current && place.current.clientWidth > 0) chart?.setSize({ width: place.current.clientWidth, height }); });
    sizes.observe(place.current!);
    dark.current.addEventListener('change', draw);
    return () => { sizes.disconnect(); dark.current.removeEventListener('change', draw); chart?.destroy(); };
  }, [JSON.stringify(times), JSON.stringify(series), zone.value]);
  return <div class="time-chart">
    <div ref={place} role="img" aria-label={label} />
    <ul class="legend">{series.map(one => <li key={one.name} style={{ '--tone': `var(${one.color})` }}><svg width="10" height="10"><rect class="key-out" width="10" height="10" rx="2" /></svg>{one.name}</li>)}</ul>
  </div>;
}
