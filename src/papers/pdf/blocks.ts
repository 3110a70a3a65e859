/** What a printed paper is made of. Every text is data: nothing in it is ever read as a command of the typesetter. */
export interface PdfPaper {
  language: string;
  title: string;
  /** Who made it, for those who look at the properties of the file. */
  author: string;
  /** Of its making, as the file tells it; milliseconds since 1970. The same paper gives the same bytes. */
  made: number;
  /** Site and date, at the left of each foot; the page stands at the right. */
  footer: string;
  blocks: readonly Block[];
}

/** Colour means state, nothing else. */
export type State = 'proven' | 'moving' | 'exceptions' | 'failed' | 'waiting';

/** A stage of the route. */
export interface Stage {
  name: string;
  state: State;
  /** In the ring; left out: the sign of the state. */
  mark?: string;
  /** How many, or until when. */
  note: string;
}

export interface Column {
  head: string;
  align: 'left' | 'right';
  /** Of the room that is left; left out: only what it needs. */
  share?: number;
}

export interface Cell {
  text: string;
  /** Below it, small. */
  small?: string;
  strong?: boolean;
  mono?: boolean;
  state?: State;
}

export type Block =
  | { block: 'head'; title: string; name: string; lines: readonly string[] }
  | { block: 'route'; stages: readonly Stage[] }
  /** The number that matters. */
  | { block: 'figure'; state: State; number: string; label: string; text: string }
  | { block: 'heading'; text: string }
  /** `keep`: on the page of what follows. */
  | { block: 'text'; text: string; quiet?: boolean; keep?: boolean }
  /** A name and a number each. */
  | { block: 'counts'; rows: readonly (readonly [string, string])[] }
  | { block: 'code'; text: string }
  | { block: 'table'; columns: readonly Column[]; rows: readonly (readonly (Cell | string)[])[] }
  /** Of one cause: what it is, the words of whoever refused, the first of them. */
  | {
      block: 'group';
      state: State;
      count: string;
      title: string;
      answer: string;
      items: readonly Cell[];
      more: string;
    };
