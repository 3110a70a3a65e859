/** The look of every paper: ink on paper, colour for state only; no outside resource, prints as it is. */
export const LOOK = `
:root{color-scheme:light;--ink:#16233b;--ink-2:#42506a;--ink-3:#5d6880;--line:#e4e1d8;--paper:#fbfaf6;--card:#fff;
--post:#f2b600;--ok:#1f7a4d;--ok-soft:#e2f3ea;--bad:#b3261e;--bad-soft:#fbe6e4;--post-ink:#7a5b00;--post-soft:#fff4cf}
*{box-sizing:border-box}
body{margin:0 auto;max-width:920px;padding:40px 32px 56px;background:var(--paper);color:var(--ink);
font:14px/20px Inter,system-ui,"Segoe UI",sans-serif;font-variant-numeric:tabular-nums}
header{display:flex;justify-content:space-between;align-items:flex-start;gap:16px}
h1{font-size:22px;line-height:28px;margin:0;letter-spacing:-.01em}
h2{font-size:13px;margin:32px 0 8px;color:var(--ink-2)}
p{margin:4px 0;max-width:72ch}
.quiet{color:var(--ink-2)}
.brand{display:flex;gap:8px;align-items:center;font-weight:650}
.brand i{width:24px;height:24px;border-radius:7px;background:var(--post);display:grid;place-items:center;font-style:normal;font-weight:800}
.zero{display:flex;align-items:center;gap:20px;margin:24px 0;padding:20px 24px;border-radius:10px;border:1px solid #c6e5d4;background:var(--ok-soft)}
.zero b{font-size:44px;line-height:44px;font-weight:640;letter-spacing:-.02em;color:var(--ok)}
.zero.failed{background:var(--bad-soft);border-color:#efc4c0}.zero.failed b{color:var(--bad)}
.zero strong{display:block;font-size:16px}
.road{list-style:none;position:relative;display:flex;margin:0;padding:8px 0}
.road:before{content:"";position:absolute;left:5%;right:5%;top:30px;height:4px;border-radius:2px;background:var(--post)}
.road li{position:relative;flex:1;min-width:0;padding:0 8px;text-align:center}
.road i{display:grid;place-items:center;width:48px;height:48px;margin:0 auto 8px;border-radius:50%;background:#fff;border:5px solid var(--ok);font-style:normal;font-weight:640;font-size:12px}
.road.failed li:last-child i{border-color:var(--bad);color:var(--bad)}
.road strong{display:block;font-weight:620;overflow-wrap:anywhere}
.road span{color:var(--ink-3);font-size:12px}
table{width:100%;border-collapse:collapse}
th{font-size:12px;font-weight:550;color:var(--ink-3);text-align:left;padding:0 12px 8px 0}
td{padding:8px 12px 8px 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td.r,th.r{text-align:right;white-space:nowrap}
.chip{display:inline-block;border-radius:5px;padding:0 8px;font-size:12px;background:var(--post-soft);color:var(--post-ink);white-space:nowrap}
.chip.bad{background:var(--bad-soft);color:var(--bad)}
code{font:12px/18px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line);color:var(--ink-3);font-size:12px}
@media print{@page{margin:18mm 16mm}body{padding:0;max-width:none;background:#fff;font-family:"Source Serif 4",Georgia,serif}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}tr,.zero,.road{break-inside:avoid}thead{display:table-header-group}}
@media (max-width:640px){.road{flex-wrap:wrap}.road:before{display:none}.road li{flex:1 0 50%}}
`;
