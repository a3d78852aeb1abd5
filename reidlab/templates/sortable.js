document.querySelectorAll("table.sortable").forEach(table => table.querySelectorAll("th button").forEach((button, column) => {
  let up = false;
  button.addEventListener("click", () => {
    up = !up;
    const cell = row => row.cells[column].textContent, sign = up ? 1 : -1;
    [...table.tBodies[0].rows].sort((a, b) => sign * cell(a).localeCompare(cell(b), "en", {numeric: true})).forEach(row => table.tBodies[0].append(row));
    table.querySelectorAll("th").forEach((th, i) => th.setAttribute("aria-sort", i !== column ? "none" : up ? "ascending" : "descending"));
  });
}));
