/** What the thread runs in which PST and OST files are read. */
import { serveSource } from '../stores/around/thread-serve.ts';
import { openPstSource } from '../stores/pst/source.ts';

serveSource(openPstSource);
