export { TABLE_FAULTS, type TableFault, tableFaultOf, tableTrouble } from './fault.ts';
export { guarded, unguarded } from './guard.ts';
export { readTable } from './read.ts';
export type { Delimiter, Encoding, Sheet, TableFile, TableRow } from './table.ts';
export { type CsvStyle, FOR_EXCEL, writeCsv, writeXlsx } from './write.ts';
