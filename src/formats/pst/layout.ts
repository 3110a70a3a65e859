/** What differs between the three generations of the file (MS-PST §2.2.2; the third: Outlook 2013 and later, OST). */
export interface Layout {
  kind: 'ansi' | 'unicode' | 'unicode-4k';
  /** Bytes of a block id and of a file offset. */
  idBytes: 4 | 8;
  pageBytes: 512 | 4096;
  /** Where in a B-tree page its counts stand (MS-PST §2.2.2.7.7.1). */
  countsAt: number;
  /** Where a page trailer begins; what lies before it is what the checksum covers. */
  pageTrailerAt: number;
  blockTrailerBytes: 12 | 16 | 24;
  /** Blocks fill a multiple of this. */
  blockUnit: 64 | 512;
  /** The largest block, its trailer included. */
  blockMax: 8192 | 65536;
  /** How many bits of a heap id are its index within a block (MS-PST §2.3.1.1). */
  heapIndexBits: 11 | 14;
}

export const ANSI: Layout = {
  kind: 'ansi',
  ...{ idBytes: 4, pageBytes: 512, countsAt: 496, pageTrailerAt: 500 },
  ...{ blockTrailerBytes: 12, blockUnit: 64, blockMax: 8192, heapIndexBits: 11 },
};

export const UNICODE: Layout = {
  kind: 'unicode',
  ...{ idBytes: 8, pageBytes: 512, countsAt: 488, pageTrailerAt: 496 },
  ...{ blockTrailerBytes: 16, blockUnit: 64, blockMax: 8192, heapIndexBits: 11 },
};

export const UNICODE_4K: Layout = {
  kind: 'unicode-4k',
  ...{ idBytes: 8, pageBytes: 4096, countsAt: 4056, pageTrailerAt: 4072 },
  ...{ blockTrailerBytes: 24, blockUnit: 512, blockMax: 65536, heapIndexBits: 14 },
};
