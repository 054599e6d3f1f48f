import { DataTable, type DataTableColumn } from 'mantine-datatable';
import type { ReactNode } from 'react';

/** A column of a {@link DataGrid}. All but one have a width; the one without takes the rest and is cut with dots. */
export interface GridColumn<Row> {
  readonly id: string;
  readonly title: string;
  readonly width?: number;
  readonly align?: 'left' | 'right';
  readonly render: (row: Row) => ReactNode;
  /** Makes the head a sort button. */
  readonly sortable?: boolean;
  readonly hint?: string;
}

export interface GridSort {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

/** The list of the product: dense rows, fixed layout, one selected row, attributes for tests and keyboard. */
export function DataGrid<Row>({
  rows,
  columns,
  rowId,
  label,
  selected = null,
  onSelect,
  onOpen,
  sort,
  onSort,
  rowClass,
  rowAttributes,
  height = '100%',
  empty,
}: {
  readonly rows: readonly Row[];
  readonly columns: readonly GridColumn<Row>[];
  readonly rowId: (row: Row) => string;
  readonly label: string;
  readonly selected?: string | null;
  readonly onSelect?: (row: Row) => void;
  /** Double click; without `onSelect` a single click opens. */
  readonly onOpen?: (row: Row) => void;
  readonly sort?: GridSort;
  readonly onSort?: (sort: GridSort) => void;
  readonly rowClass?: (row: Row) => string;
  readonly rowAttributes?: (row: Row) => Readonly<Record<string, string>>;
  readonly height?: string | number;
  readonly empty?: ReactNode;
}): ReactNode {
  if (rows.length === 0 && empty !== undefined) return empty;
  const tableColumns = columns.map((column): DataTableColumn<Row> => ({
    accessor: column.id,
    title: column.hint === undefined ? column.title : <span title={column.hint}>{column.title}</span>,
    ...(column.width === undefined ? {} : { width: column.width }),
    ellipsis: true,
    textAlign: column.align ?? 'left',
    sortable: column.sortable === true,
    render: column.render,
  }));
  const onClick = onSelect ?? onOpen;
  const sorting =
    sort && onSort
      ? {
          sortStatus: { columnAccessor: sort.column, direction: sort.direction },
          onSortStatusChange: (next: { columnAccessor: PropertyKey; direction: 'asc' | 'desc' }) =>
            onSort({ column: String(next.columnAccessor), direction: next.direction }),
        }
      : {};
  return (
    <DataTable<Row>
      aria-label={label}
      records={[...rows]}
      columns={tableColumns}
      idAccessor={rowId}
      height={height}
      minHeight={0}
      withTableBorder={false}
      highlightOnHover
      horizontalSpacing={8}
      verticalAlign="center"
      noRecordsText="None"
      noRecordsIcon={<span />}
      scrollAreaProps={{ type: 'auto', scrollbarSize: 8, viewportProps: { tabIndex: 0, 'aria-label': label } }}
      rowClassName={(row) => `${rowId(row) === selected ? 'selected' : ''} ${rowClass?.(row) ?? ''}`}
      customRowAttributes={(row) => ({
        'data-row': rowId(row),
        'aria-selected': rowId(row) === selected,
        ...rowAttributes?.(row),
      })}
      {...(onClick ? { onRowClick: ({ record }) => onClick(record) } : {})}
      {...(onSelect && onOpen ? { onRowDoubleClick: ({ record }) => onOpen(record) } : {})}
      {...sorting}
    />
  );
}
