/** The element's style. A constructed sheet passes every content security policy, which a style element would not. */

export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
:host {
  --text: var(--meterlark-text, light-dark(#1b2430, #e6ebf2));
  --muted: var(--meterlark-muted, light-dark(#566273, #a3afbf));
  --background: var(--meterlark-background, light-dark(#ffffff, #12171f));
  --line: var(--meterlark-line, light-dark(#d5dbe3, #313a47));
  --accent: var(--meterlark-accent, light-dark(#1d5fa8, #7db4f0));
  --series-0: var(--meterlark-series-1, light-dark(#2563a8, #7db4f0));
  --series-1: var(--meterlark-series-2, light-dark(#b4530a, #f3a261));
  --series-2: var(--meterlark-series-3, light-dark(#15803d, #6ed08f));
  --series-3: var(--meterlark-series-4, light-dark(#9333a8, #d39bf0));
  --series-4: var(--meterlark-series-5, light-dark(#b91c4b, #f58ba6));
  --series-5: var(--meterlark-series-6, light-dark(#0e7c86, #5fcbd4));
  --series-6: var(--meterlark-series-7, light-dark(#7a5c00, #d9bf5b));
  --series-7: var(--meterlark-series-8, light-dark(#64748b, #9aa8ba));
  display: block;
  box-sizing: border-box;
  padding: var(--meterlark-padding, 1rem);
  border-radius: var(--meterlark-radius, 8px);
  color: var(--text);
  background: var(--background);
  font: var(--meterlark-font, 15px/1.45 system-ui, sans-serif);
}
:host([hidden]) { display: none; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
h3 { margin: 0; font-size: 1.1em; overflow-wrap: anywhere; }
.total { margin: 0; font-size: 1.1em; font-variant-numeric: tabular-nums; }
.period { margin: 0; color: var(--muted); flex: 1; min-width: 14em; }
.message { margin: .75rem 0; color: var(--muted); }
.message:empty { display: none; }
.message.wrong { color: var(--text); border-left: 3px solid var(--series-4); padding-left: .75rem; }
.chart { margin: .5rem 0; min-width: 0; }
.chart svg { display: block; max-width: 100%; }
.grid { stroke: var(--line); }
.tick { fill: var(--muted); font-size: 12px; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.open { fill-opacity: .55; stroke-width: 1; }
.line { fill: none; stroke-width: 2; }
.scroll { overflow: auto; max-height: 24rem; }
.scroll:focus-visible, summary:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding: .25rem 0; }
th, td { padding: .3rem .5rem; border-top: 1px solid var(--line); text-align: right; }
th { font-weight: 600; }
th:first-child { text-align: left; font-weight: 400; overflow-wrap: anywhere; }
thead th, thead th:first-child { border-top: 0; color: var(--muted); font-weight: 600; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border-radius: 2px; }
details { margin-top: .5rem; }
summary { cursor: pointer; color: var(--accent); }
button {
  padding: .25rem .75rem;
  border: 1px solid var(--muted);
  border-radius: 6px;
  color: inherit;
  background: none;
  font: inherit;
  cursor: pointer;
}
${Array.from({ length: 8 }, (_, one) => `.series-${one} { fill: var(--series-${one}); stroke: var(--series-${one}); background: var(--series-${one}); }`).join("\n")}
rect { stroke-width: 0; }
`);
