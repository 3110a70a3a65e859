import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useWords } from '../words/words.tsx';
import { Button } from './Button.tsx';
import { DataRow, type RowActs } from './DataRow.tsx';
import styles from './DataTable.module.css';
import { useNarrow } from './narrow.ts';
import type { Rows } from './paged.ts';
import type { Selection } from './selection.ts';
import { keyInTable } from './table-keys.ts';
import { Wrong } from './Wrong.tsx';

export interface Column<Row> {
  id: string;
  head: string;
  cell(row: Row): ReactNode;
  /** A track of a CSS grid; `minmax(0, 1fr)` when left out. */
  width?: string;
  /** Numbers stand at the right. */
  end?: boolean;
  /** Named in `sort.by` when one sorts by it; left out: one cannot. */
  sort?: string;
  /** Also on a phone; the first column always is. */
  narrow?: boolean;
}

export interface Sort {
  by: string;
  descending: boolean;
}

interface DataTableProps<Row> {
  /** What the table holds, for readers. */
  label: string;
  rows: Rows<Row>;
  /** Best made once (`useMemo`): a row is drawn anew when its columns are others. */
  columns: readonly Column<Row>[];
  idOf(row: Row): string;
  /** Said of the box of a row. */
  nameOf(row: Row): string;
  sort?: Sort;
  onSort?(sort: Sort): void;
  /** Enter or a click: shown beside. */
  onOpen?(row: Row): void;
  opened?: string | undefined;
  selection?: Selection;
  /** What can be done with the chosen rows; buttons. */
  actions?(ids: readonly string[]): ReactNode;
  /** Instead of the table when there is no row. */
  empty: ReactNode;
  /** Pixels; two lines of text fit in 52. */
  rowHeight?: number;
  /** Leaves so much of the window to what is above and below. */
  around?: number;
}

const HEAD_PX = 36;
/** Fewer rows are drawn as they are: they print, and the browser's own search finds them. */
const ALL_DRAWN = 80;

/** A dense table that does not mind 10,000 rows: arrows move, space chooses, Enter opens, a click on a head sorts. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, columns, label, selection, empty, rowHeight = 52, around = 200 } = props;
  const { say, figures } = useWords();
  const narrow = useNarrow();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const anchor = useRef(0);
  const total = rows.total ?? 0;
  const chosen = selection?.ids.size ?? 0;
  const here = Math.min(active, Math.max(0, total - 1));
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: total <= ALL_DRAWN ? ALL_DRAWN : 12,
    scrollPaddingStart: HEAD_PX,
    paddingStart: 0,
    initialRect: { width: 800, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  // Another list begins at its beginning.
  const question = useRef(rows.question);
  useEffect(() => {
    if (question.current === rows.question) return;
    question.current = rows.question;
    scroller.current?.scrollTo({ top: 0 });
    anchor.current = 0;
    setActive(0);
  }, [rows.question]);
  const { want } = rows;
  useEffect(() => want(first, last), [want, first, last]);
  const shown = useMemo(
    () => (narrow ? columns.filter((column, index) => index === 0 || column.narrow) : columns),
    [columns, narrow],
  );
  const acts = useRef<RowActs<Row>>({ press: () => {}, choose: () => {} });

  if (rows.error && rows.total === undefined)
    return (
      <div className={styles.wrong}>
        <Wrong error={rows.error} again={rows.again} />
      </div>
    );
  if (rows.total === 0 && !rows.old) return <>{empty}</>;

  const tracks = [
    selection && '36px',
    ...shown.map(({ width }) => (narrow ? 'auto' : (width ?? 'minmax(0, 1fr)'))),
  ];
  if (narrow) tracks[selection ? 1 : 0] = 'minmax(0, 1fr)';
  const template = tracks.filter(Boolean).join(' ');
  const rowId = (index: number): string => `${id}${index}`;

  const choose = async (from: number, to: number, chosen: boolean): Promise<void> => {
    if (!selection) return;
    const range = await rows.fetchRange(Math.min(from, to), Math.max(from, to) + 1);
    selection.set(range.map(props.idOf), chosen);
  };
  const moveTo = (index: number): void => {
    setActive(index);
    virtual.scrollToIndex(index, { align: 'auto' });
  };
  const open = (row: Row | undefined): void => {
    if (row !== undefined) props.onOpen?.(row);
  };

  // A row that stays as it is keeps its first acts; these are always those of now.
  acts.current = {
    press: (index, row) => {
      setActive(index);
      anchor.current = index;
      open(row);
    },
    choose: (index, id, chosen, range) => {
      if (range) void choose(anchor.current, index, chosen);
      else selection?.set([id], chosen);
      anchor.current = index;
      setActive(index);
    },
  };

  return (
    <div className={styles.table} data-old={rows.old || undefined} data-chosen={chosen || undefined}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot be drawn in parts */}
      <div
        ref={scroller}
        className={styles.scroller}
        style={{ maxHeight: `max(320px, calc(100dvh - ${around}px))` }}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.total === undefined ? -1 : total + 1}
        aria-colcount={shown.length + (selection ? 1 : 0)}
        aria-multiselectable={selection !== undefined}
        aria-busy={rows.total === undefined || rows.old}
        tabIndex={0}
        {...(total > 0 ? { 'aria-activedescendant': rowId(here) } : {})}
        onKeyDown={(event) => {
          if (event.target !== event.currentTarget) return;
          const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
          const act = keyInTable(event, { here, total, page });
          if (!act) return;
          event.preventDefault();
          if (act.is === 'move') {
            if (act.choose) void choose(anchor.current, act.to, true);
            else anchor.current = act.to;
            moveTo(act.to);
          } else if (act.is === 'open') open(rows.rowAt(here));
          else if (act.is === 'all') void choose(0, total - 1, true);
          else if (act.is === 'none') selection?.clear();
          else {
            const row = rows.rowAt(here);
            if (row !== undefined) selection?.set([props.idOf(row)], !selection.ids.has(props.idOf(row)));
            anchor.current = here;
          }
        }}
      >
        {/* biome-ignore-start lint/a11y/useFocusableInteractive: the grid holds the focus and points at its rows */}
        {/* biome-ignore-start lint/a11y/useSemanticElements: a table element cannot be drawn in parts */}
        <div role="rowgroup" className={styles.head}>
          <div
            role="row"
            aria-rowindex={1}
            className={styles.heads}
            style={{ gridTemplateColumns: template }}
          >
            {selection && (
              <div role="columnheader" className={styles.box}>
                <input
                  type="checkbox"
                  aria-label={say('shell.table.all', { count: total, n: figures.number(total) })}
                  checked={total > 0 && selection.ids.size >= total}
                  onChange={(event) =>
                    event.currentTarget.checked ? void choose(0, total - 1, true) : selection.clear()
                  }
                />
              </div>
            )}
            {shown.map((column) => (
              <Head key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows.rowAt(index);
            const key = row === undefined ? undefined : props.idOf(row);
            return (
              <DataRow
                key={index}
                id={rowId(index)}
                index={index}
                row={row}
                rowKey={key}
                name={row === undefined ? '' : props.nameOf(row)}
                columns={shown}
                template={template}
                top={start}
                height={rowHeight}
                active={index === here}
                opened={key !== undefined && key === props.opened}
                chosen={selection && key !== undefined ? selection.ids.has(key) : undefined}
                opens={props.onOpen !== undefined}
                acts={acts}
              />
            );
          })}
        </div>
        {/* biome-ignore-end lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore-end lint/a11y/useFocusableInteractive: as above */}
      </div>
      {selection && chosen > 0 && (
        <div className={styles.actions} role="toolbar" aria-label={say('shell.table.actions')}>
          <strong>{say('shell.table.chosen', { count: chosen, n: figures.number(chosen) })}</strong>
          {props.actions?.([...selection.ids])}
          <Button kind="quiet" small onClick={selection.clear}>
            {say('shell.table.none')}
          </Button>
        </div>
      )}
    </div>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}

function Head<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const { head, sort: by, end } = column;
  const sorted = by !== undefined && sort?.by === by;
  const order = sorted ? (sort.descending ? 'descending' : 'ascending') : undefined;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its button is
    // biome-ignore lint/a11y/useSemanticElements: of a grid that is drawn in parts
    <div role="columnheader" aria-sort={order} className={styles.cell} data-end={end || undefined}>
      {by === undefined || !onSort ? (
        head
      ) : (
        <button
          type="button"
          className={styles.sort}
          data-order={order}
          onClick={() => onSort({ by, descending: sorted ? !sort.descending : false })}
        >
          {head}
        </button>
      )}
    </div>
  );
}
