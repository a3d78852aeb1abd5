document.querySelectorAll("table.sortable").forEach(table => table.querySelectorAll("th button").forEach((button, column) => {
  let up = false;
  button.addEventListener("click", () => {
    up = !up;
    const cell = row => row.cells[column], sign = up ? 1 : -1, value = one => one.dataset.value;
    const compare = (a, b) => value(a) && value(b) ? value(a) - value(b) : a.textContent.localeCompare(b.textContent, "en", {numeric: true});
    [...table.tBodies[0].rows].sort((a, b) => sign * compare(cell(a), cell(b))).forEach(row => table.tBodies[0].append(row));
    table.querySelectorAll("th").forEach((th, i) => th.setAttribute("aria-sort", i !== column ? "none" : up ? "ascending" : "descending"));
  });
}));
