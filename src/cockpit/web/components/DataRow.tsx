import { memo, type ReactNode, type RefObject } from 'react';
import { useWords } from '../words/words.tsx';
import styles from './DataTable.module.css';
import type { Column } from './DataTable.tsx';

interface DataRowProps<Row> {
  id: string;
  index: number;
  row: Row | undefined;
  rowKey: string | undefined;
  name: string;
  columns: readonly Column<Row>[];
  template: string;
  top: number;
  height: number;
  active: boolean;
  opened: boolean;
  /** Undefined: rows are not chosen here. */
  chosen: boolean | undefined;
  opens: boolean;
  acts: RefObject<RowActs<Row>>;
}

/** What is done with a row. */
export interface RowActs<Row> {
  press(index: number, row: Row | undefined): void;
  /** `range`: all between here and where one chose before. */
  choose(index: number, key: string, chosen: boolean, range: boolean): void;
}

/** One row; drawn anew only when something of it changed. */
function Plain<Row>(props: DataRowProps<Row>): ReactNode {
  const { row, columns, chosen } = props;
  const { say } = useWords();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the grid points at it
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot be drawn in parts
    <div
      role="row"
      id={props.id}
      aria-rowindex={props.index + 2}
      className={styles.row}
      data-active={props.active || undefined}
      data-opened={props.opened || undefined}
      data-opens={props.opens || undefined}
      style={{ gridTemplateColumns: props.template, height: props.height, translate: `0 ${props.top}px` }}
      {...(chosen === undefined ? {} : { 'aria-selected': chosen })}
      onClick={(event) => {
        if (!(event.target as Element).closest('a, button, input, select, label'))
          props.acts.current.press(props.index, row);
      }}
    >
      {chosen !== undefined && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/a11y/useFocusableInteractive: as above
        <div role="gridcell" className={styles.box}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={say('shell.table.choose', { name: props.name })}
            checked={chosen}
            onChange={(event) =>
              props.acts.current.choose(
                props.index,
                props.rowKey ?? '',
                event.currentTarget.checked,
                (event.nativeEvent as MouseEvent).shiftKey,
              )
            }
          />
        </div>
      )}
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/a11y/useFocusableInteractive: as above
        <div role="gridcell" key={column.id} className={styles.cell} data-end={column.end || undefined}>
          {row === undefined ? <span className={styles.coming} /> : column.cell(row)}
        </div>
      ))}
    </div>
  );
}

export const DataRow = memo(Plain) as typeof Plain;
