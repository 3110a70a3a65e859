/** The look of every paper: ink on paper, colour for state only; no outside resource, prints as it is. */
export const LOOK = `
:root{color-scheme:light dark;--ink:#16233b;--ink-2:#42506a;--ink-3:#5d6880;--line:#e4e1d8;--paper:#fbfaf6;--card:#fff;
--post:#f2b600;--ok:#1f7a4d;--ok-soft:#e2f3ea;--bad:#b3261e;--bad-soft:#fbe6e4;--post-ink:#7a5b00;--post-soft:#fff4cf;
--ok-line:#c6e5d4;--bad-line:#efc4c0;--on-post:#16233b}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e9ebf0;--ink-2:#b9c1cf;--ink-3:#98a2b5;--line:#2c3547;--paper:#121823;--card:#121823;
--ok:#5cc492;--ok-soft:#142c22;--ok-line:#24513c;--bad:#f08a82;--bad-soft:#3a1c1b;--bad-line:#6b2f2b;--post-ink:#f4cf63;--post-soft:#3a3010}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:920px;padding:40px 32px 56px;background:var(--paper);color:var(--ink);
font:14px/20px Inter,system-ui,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}
header{display:flex;justify-content:space-between;align-items:flex-start;gap:16px}
h1{font-size:22px;line-height:28px;margin:0;letter-spacing:-.01em}
h2{font-size:13px;margin:32px 0 8px;color:var(--ink-2)}
p{margin:4px 0;max-width:72ch}
.quiet{color:var(--ink-2)}
.brand{display:flex;gap:8px;align-items:center;font-weight:650}
.brand i{width:24px;height:24px;border-radius:7px;background:var(--post);color:var(--on-post);display:grid;place-items:center;font-style:normal;font-weight:800}
.zero{display:flex;align-items:center;gap:20px;margin:24px 0;padding:20px 24px;border-radius:10px;border:1px solid var(--ok-line);background:var(--ok-soft)}
.zero b{font-size:44px;line-height:44px;font-weight:640;letter-spacing:-.02em;color:var(--ok)}
.zero.failed{background:var(--bad-soft);border-color:var(--bad-line)}.zero.failed b{color:var(--bad)}
.zero strong{display:block;font-size:16px}
.road{list-style:none;isolation:isolate;display:flex;margin:0;padding:8px 0}
.road li{position:relative;flex:1;min-width:0;padding:0 8px;text-align:center}
.road li+li:before{content:"";position:absolute;z-index:-1;left:-50%;width:100%;top:22px;height:4px;background:var(--post)}
.road i{display:grid;place-items:center;width:48px;height:48px;margin:0 auto 8px;border-radius:50%;background:var(--card);border:5px solid var(--ok);font-style:normal;font-weight:640;font-size:12px}
.road.failed li:last-child i{border-color:var(--bad);color:var(--bad)}
.road strong{display:block;font-weight:620;overflow-wrap:anywhere}
.road span{color:var(--ink-3);font-size:12px}
table{width:100%;border-collapse:collapse}
th{font-size:12px;font-weight:550;color:var(--ink-3);text-align:left;padding:0 12px 8px 0}
td{padding:8px 12px 8px 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td:last-child,th:last-child{padding-right:0}
td.r,th.r{text-align:right;white-space:nowrap}
.chip{display:inline-block;border-radius:5px;padding:0 8px;font-size:12px;background:var(--post-soft);color:var(--post-ink);white-space:nowrap}
.chip.bad{background:var(--bad-soft);color:var(--bad)}
code{font:12px/18px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.sum{max-width:none}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line);color:var(--ink-3);font-size:12px}
@media print{@page{margin:18mm 16mm}body{padding:0;max-width:none;background:#fff;font-family:"Source Serif 4",Georgia,serif}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}tr,.zero,.road{break-inside:avoid}thead{display:table-header-group}}
@media screen and (max-width:640px){body{padding:24px 16px 40px}header{flex-wrap:wrap-reverse}
.road{flex-direction:column;gap:12px}.road li{display:grid;grid-template-columns:48px 1fr;column-gap:12px;padding:0;text-align:left}
.road i{grid-row:1/3;margin:0}.road strong{align-self:end}
.road li+li:before{left:22px;width:4px;top:auto;bottom:100%;height:12px}
.list thead{display:none}.list tr{display:block;border-top:1px solid var(--line);padding:8px 0}.list td{display:block;border:0;padding:0 0 2px}}
`;
