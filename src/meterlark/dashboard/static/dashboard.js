// What the pages do when there is JavaScript: draw charts, send forms of filters at once, copy commands, follow events, obey a few keys.
// Everything that is shown came from the server, escaped; nothing here builds HTML from data.

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A probe resolves light-dark() to the colour that is shown.
function colour(name) {
  const probe = document.createElement("span");
  probe.className = "probe";
  probe.hidden = true;
  document.body.append(probe);
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const short = (value) => {
  for (const [limit, unit] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (Math.abs(value) >= limit) return `${+(value / limit).toPrecision(3)}${unit}`;
  }
  return `${+value.toPrecision(3)}`;
};
const long = (value) => (value === null || value === undefined ? "–" : value.toLocaleString("en-US", { maximumFractionDigits: 18 }));

function optionsFor(given) {
  const text = colour("--text"), soft = colour("--soft"), line = colour("--line"), card = colour("--card");
  const series = given.series.map((one) => {
    const paint = one.dashed ? soft : colour(`--series-${one.colour}`);
    const data = one.data.map((point) =>
      point && typeof point === "object"
        ? { value: point.value, itemStyle: { opacity: 0.65, decal: { symbol: "rect", symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -0.7, color: card } } }
        : point,
    );
    const base = { type: one.type, name: one.name, data, color: paint, animation: false, emphasis: { focus: one.dashed ? "none" : "series" } };
    if (one.type === "bar") return { ...base, stack: one.stack, barMaxWidth: 46, barCategoryGap: "28%" };
    return { ...base, symbol: "none", connectNulls: false, lineStyle: { width: one.dashed ? 1.5 : 2, type: one.dashed ? "dashed" : "solid", color: paint }, z: one.dashed ? 5 : 3 };
  });
  return {
    animation: false,
    aria: { enabled: false },
    textStyle: { fontFamily: css("font-family") || "system-ui, sans-serif", color: text },
    grid: { left: 8, right: 8, top: given.series.length > 1 ? 40 : 16, bottom: 4, containLabel: true },
    legend: given.series.length > 1 ? { type: "scroll", top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: text }, pageTextStyle: { color: soft }, pageIconColor: text, pageIconInactiveColor: line } : undefined,
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      order: "valueDesc",
      axisPointer: { type: "shadow", shadowStyle: { color: line, opacity: 0.35 } },
      backgroundColor: card,
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
      valueFormatter: long,
    },
    xAxis: { type: "category", data: given.labels, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: soft, hideOverlap: true } },
    yAxis: { type: "value", axisLabel: { color: soft, formatter: short }, splitLine: { lineStyle: { color: line } } },
    series,
  };
}

class UsageChart extends HTMLElement {
  #chart = null;
  #watch = null;
  async connectedCallback() {
    const { init } = await import(this.dataset.library);
    if (!this.isConnected || this.#chart) return;
    this.replaceChildren();
    this.#chart = init(this, null, { renderer: "canvas" });
    this.draw();
    this.#watch = new ResizeObserver(() => this.#chart.resize());
    this.#watch.observe(this);
    this.dataset.drawn = "";
  }
  draw() {
    this.#chart?.setOption(optionsFor(JSON.parse(this.dataset.options)), { notMerge: true });
  }
  get options() {
    return this.#chart?.getOption();
  }
  disconnectedCallback() {
    this.#watch?.disconnect();
    this.#chart?.dispose();
    this.#chart = null;
  }
}
customElements.define("usage-chart", UsageChart);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.querySelectorAll("usage-chart").forEach((chart) => chart.draw()));

// Forms of filters are sent as soon as something is chosen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
});

// A button beside each command copies it.
function addCopyButtons(root) {
  for (const pre of root.querySelectorAll("pre:not([data-copy])")) {
    pre.dataset.copy = "";
    if (!navigator.clipboard) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy quiet";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    pre.after(button);
  }
}

// The live tail: rows made by the server, newest first; it stands still while the pointer or the focus is in it.
const ROWS_MAX = 200;
class LiveTail extends HTMLElement {
  #source = null;
  #held = [];
  #count = 0;
  connectedCallback() {
    const body = this.querySelector("tbody"), state = this.querySelector("[data-state]");
    const say = (text) => state && (state.textContent = text);
    const put = (html) => {
      body.insertAdjacentHTML("afterbegin", html);
      body.firstElementChild?.classList.add("new");
      while (body.rows.length > ROWS_MAX) body.deleteRow(-1);
    };
    const isHeld = () => this.matches(":hover") || body.contains(document.activeElement);
    const flush = () => {
      if (isHeld()) return;
      this.#held.splice(0).forEach(put);
      say(`Live: ${this.#count} since you came`);
    };
    this.#source = new EventSource(this.dataset.url);
    this.#source.onopen = () => say("Live");
    this.#source.onerror = () => say("Connecting again …");
    this.#source.onmessage = (message) => {
      this.#count += 1;
      this.#held.push(message.data);
      if (this.#held.length > ROWS_MAX) this.#held.shift();
      if (isHeld()) say(`Held: ${this.#held.length} new`);
      else flush();
    };
    this.addEventListener("pointerleave", flush);
    this.addEventListener("focusout", () => setTimeout(flush));
  }
  disconnectedCallback() {
    this.#source?.close();
  }
}
customElements.define("live-tail", LiveTail);

// Keys: / goes to the search, g and a letter to a page.
let waiting = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  } else if (event.key === "g") {
    waiting = Date.now();
  } else if (Date.now() - waiting < 1000) {
    waiting = 0;
    document.querySelector(`.side nav a[data-key="${CSS.escape(event.key)}"]`)?.click();
  }
});

addCopyButtons(document);
document.addEventListener("htmx:after:swap", () => addCopyButtons(document));
