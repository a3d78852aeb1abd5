const plot = document.getElementById("plot"), told = document.getElementById("told"), legend = document.getElementById("legend");
const attack = document.getElementById("attack"), utility = document.getElementById("utility");
const distinct = values => [...new Set(values)];
const families = distinct(points.map(p => p.family)), hidden = new Set();
const colour = family => { const hex = colours[families.indexOf(family) % colours.length]; return hex === "#000000" ? "var(--ink)" : hex; };
const shape = family => shapes[(families.indexOf(family) + Math.floor(families.indexOf(family) / colours.length)) % shapes.length];
distinct(points.map(p => p.attack)).forEach(name => attack.add(new Option(name, name)));
Object.entries(utilities).forEach(([name, one]) => utility.add(new Option(`${name}: ${one.title}`, name)));
if (!utility.length) utility.add(new Option("order of the experiment", ""));
const draw = (tag, attributes, text, parent = plot) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  if (text !== undefined) node.textContent = text;
  return parent.appendChild(node);
};
const outline = (kind, x, y, r) => ({
  circle: `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`,
  square: `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
  triangle: `M${x},${y - r}l${r},${2 * r}h${-2 * r}z`,
  diamond: `M${x},${y - r}l${r},${r}l${-r},${r}l${-r},${-r}z`,
}[kind]);
const ticks = (low, high) => {
  const rough = (high - low) / 5 || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({length: Math.floor(high / step + 1e-9) - first + 1}, (_, i) => (first + i) * step);
};
function show() {
  plot.replaceChildren();
  const order = distinct(points.map(p => p.defense));
  const along = p => utility.value ? p.utility[utility.value] : order.indexOf(p.defense);
  const shown = points.filter(p => p.attack === attack.value && p.value !== null && Number.isFinite(along(p)));
  const visible = shown.filter(p => !hidden.has(p.family));
  const xs = shown.map(along), less = utility.value && utilities[utility.value].lower;
  const [x0, x1] = xs.length ? [Math.min(...xs), Math.max(...xs)] : [0, 1], pad = (x1 - x0) * 0.05 || 0.5;
  const x = v => { const part = (v - x0 + pad) / (x1 - x0 + 2 * pad); return 70 + 770 * (less ? 1 - part : part); };
  const y = v => 400 - 370 * (Math.min(1, Math.max(FLOOR, v)) - FLOOR) / (1.05 - FLOOR);
  for (const v of [0, 0.25, 0.5, 0.75, 1]) {
    draw("line", {x1: 70, x2: 840, y1: y(v), y2: y(v), stroke: "var(--line)", "stroke-dasharray": v ? "2 4" : "none", "stroke-width": v ? 1 : 2});
    draw("text", {x: 60, y: y(v) + 4, "text-anchor": "end"}, v);
  }
  draw("text", {x: 76, y: y(0) + 16}, "do not send: 0, whatever the attack");
  for (const v of utility.value ? ticks(x0, x1) : []) {
    draw("line", {x1: x(v), x2: x(v), y1: 400, y2: 406, stroke: "var(--ink)"});
    draw("text", {x: x(v), y: 422, "text-anchor": "middle"}, Number(v.toPrecision(3)));
  }
  const axis = utility.value ? `${utilities[utility.value].title} (${less ? "an error: the axis runs backwards" : "more is better"})  \u2192 more useful` : "order of the experiment";
  draw("text", {x: 455, y: 450, "text-anchor": "middle"}, axis);
  draw("text", {x: 18, y: 215, "text-anchor": "middle", transform: "rotate(-90 18 215)"}, "advantage of the attack  \u2192 worse for people");
  families.forEach(family => {
    const line = visible.filter(p => p.family === family).map(p => `${x(along(p))},${y(p.value)}`).join(" ");
    draw("polyline", {points: line, fill: "none", stroke: colour(family), "stroke-width": 1.5, "data-family": family});
  });
  visible.forEach(p => {
    const [cx, cy] = [x(along(p)), y(p.value)], group = draw("g", {"data-family": p.family});
    draw("line", {x1: cx, x2: cx, y1: y(p.low), y2: y(p.high), stroke: colour(p.family)}, undefined, group);
    if (p.family === statusQuo) draw("path", {d: outline("circle", cx, cy, 11), fill: "none", stroke: "var(--ink)", "stroke-width": 1.5, class: "quo"}, undefined, group);
    const words = `${p.defense}, promises ${p.guarantee}: advantage ${p.shown} ${p.interval}` + (utility.value ? `, ${utility.value} ${Number(along(p).toPrecision(3))}` : "");
    const mark = draw("path", {d: outline(shape(p.family), cx, cy, 6), fill: colour(p.family), tabindex: 0, role: "img", "aria-label": words, class: "point"}, undefined, group);
    draw("title", {}, words, mark);
    const say = () => { told.textContent = words; fade(p.family); };
    mark.addEventListener("mouseenter", say); mark.addEventListener("focus", say);
    mark.addEventListener("mouseleave", () => fade(null)); mark.addEventListener("blur", () => fade(null));
  });
  if (!visible.length) draw("text", {x: 455, y: 200, "text-anchor": "middle"}, "No defence has both numbers here; the tables below say why.");
}
function fade(family) {
  plot.querySelectorAll("[data-family]").forEach(node => node.classList.toggle("faded", family !== null && node.dataset.family !== family));
}
plot.addEventListener("keydown", event => {
  const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key], marks = [...plot.querySelectorAll(".point")];
  if (!step || !marks.length) return;
  event.preventDefault();
  marks[(marks.indexOf(document.activeElement) + step + marks.length) % marks.length].focus();
});
families.forEach(family => {
  const button = document.createElement("button"), item = document.createElement("li");
  const sign = draw("svg", {viewBox: "0 0 16 16", "aria-hidden": "true", style: "width: 1em; height: 1em; background: none"}, undefined, button);
  draw("path", {d: outline(shape(family), 8, 8, 6), fill: colour(family)}, undefined, sign);
  button.type = "button";
  button.setAttribute("aria-pressed", "true");
  button.append(family + (family === statusQuo ? " (status quo)" : ""));
  button.addEventListener("click", () => {
    if (!hidden.delete(family)) hidden.add(family);
    button.setAttribute("aria-pressed", String(!hidden.has(family)));
    show();
  });
  item.append(button);
  legend.append(item);
});
attack.addEventListener("change", show); utility.addEventListener("change", show); show();
