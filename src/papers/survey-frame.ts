import type { Words } from '../words/words.ts';
import { type Fragment, Html, html } from './html.ts';
import { LOOK } from './look.ts';

/** What every page of a survey tells of itself. */
export interface Made {
  /** Milliseconds since 1970. */
  made: number;
  madeBy: string;
}

/** A survey's page without any outside resource. `of`: what it is about. */
export function surveyFrame(of: string, { made, madeBy }: Made, body: Fragment, words: Words): string {
  const { say, figures } = words;
  return html`<!doctype html>
<html lang="${words.language}"><head><meta charset="utf-8"><title>${say('survey.paper')} — ${of}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${styles}</style></head><body>
<header><div><h1>${say('survey.paper')}</h1><p class="quiet">${figures.moment(made)}</p></div>
<div class="brand"><i aria-hidden="true">M</i>Malleposte</div></header>
<main>${body}</main>
<footer>${say('survey.made', { version: madeBy })} · ${figures.moment(made)}</footer>
</body></html>
`.text;
}

/** Beside the look of every paper: what is folded away, the bars of growth, and each account on a page of its own. */
const styles = new Html(`${LOOK}
main>section+section{margin-top:48px;border-top:4px solid var(--post);padding-top:16px}
tr.which td{border-top:0;padding-top:0;color:var(--ink-2)}summary{cursor:pointer;font-size:12px;color:var(--ink-3)}
details ul{margin:4px 0 0;padding:0 0 0 18px}
.list td .chip{white-space:normal}
.bar{display:block;height:10px;border-radius:2px;background:var(--post)}
.bar-cell{width:50%}h3{font-size:18px;line-height:24px;margin:16px 0 4px;overflow-wrap:anywhere}
@media print{details::details-content{content-visibility:visible;display:block}main>section+section{break-before:page}}
@media screen and (max-width:640px){.list td.r{display:inline-block;text-align:left;padding-right:12px}.list tr.which{border-top:0;padding-top:0}}`);
